#include "audit/chain.hpp"

#include "audit/audit_fixture.hpp"

using namespace pruuv;
using namespace pruuv::audit;
using namespace pruuv::audit::testing;
using namespace pruuv::store::testing;

TEST_CASE("the canonical form is what the schema's page says") {
  CanonicalForm form(RecordKind::diagnosis);
  form.add(std::int64_t{-12}).add("ab").add_null().add("").add_or_null("").add_or_null("x");
  const std::string zeros(7, '\0');
  CHECK(form.bytes() == std::string("\x01\x03", 2) + zeros + "\x03" + "-12" + zeros + "\x02" +
                            "ab" + std::string(8, '\xFF') + zeros + std::string(1, '\0') +
                            std::string(8, '\xFF') + zeros + "\x01" + "x");
}

TEST_CASE("fields that run together give different forms") {
  CanonicalForm a(RecordKind::diagnosis);
  CanonicalForm b(RecordKind::diagnosis);
  a.add("ab").add("c");
  b.add("a").add("bc");
  CHECK(a.bytes() != b.bytes());
  CHECK(CanonicalForm(RecordKind::diagnosis).bytes() !=
        CanonicalForm(RecordKind::operator_action).bytes());
}

TEST_CASE("each link is the hash of the one before and the record") {
  const Audited store;
  CHECK(value_of(chain_head_hex(*store)) == std::string(64, '0'));
  CanonicalForm form(RecordKind::operator_action);
  form.add("anything");
  must(append_link(*store, RecordKind::operator_action, 1, form));
  const std::string first = value_of(chain_head_hex(*store));
  CHECK(first == sha256_hex(std::string(32, '\0') + std::string(form.bytes())));
  must(append_link(*store, RecordKind::operator_action, 2, form));
  CHECK(value_of(chain_head_hex(*store)) != first);
  CHECK(value_of(chain_head_hex(*store)) == to_hex(as_bytes(next_link(next_link({}, form), form))));
}
