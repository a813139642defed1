// Any bytes as what Vault and Supabase answer, and as a reference. The input is a byte each for the
// status and for what is broken, then a reference, a header's value and the body, a NUL between
// them. Whatever comes: a reference is refused unquoted or read the same from its own text, words
// for people are short and printable, and every secret that is asked for is answered or paused.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/text.hpp"
#include "secrets/supabase.hpp"
#include "secrets/vault.hpp"
#include "secrets/vault_api.hpp"

namespace pruuv::secrets {
namespace {

void require(bool is_right) {
  if (!is_right) std::abort();
}

std::string_view take_part(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

bool is_plain_url(std::string_view url) {
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '?' || c == '#') return false;
  }
  // No part that leads elsewhere.
  return (std::string(url) + "/").find("/../") == std::string::npos &&
         (std::string(url) + "/").find("/./") == std::string::npos;
}

void check_reference_text(const std::string& text) {
  const auto parsed = parse_reference(text);
  if (!parsed) {
    static const std::string first_words = parse_reference("").error().message;
    return require(parsed.error().message == first_words);
  }
  require(parsed->text == text);
  if (parsed->scheme != Scheme::vault) return;
  require(is_valid_utf8(parsed->name) && is_valid_utf8(parsed->field));
  require(!parsed->mount.empty() && !parsed->name.empty() && !parsed->field.empty());
  require(is_plain_url(vault::read_request({"https://a", "", "", Secret()}, *parsed).url));
}

void check_words(const std::string& words, std::size_t bytes_max) {
  require(words.size() <= bytes_max && printable(words) == words);
}

void check_parsers(const HttpResponse& response, const std::string& field) {
  check_words(vault::words_of(response), 203);
  const auto pause_s = vault::retry_after_s(response);
  require(!pause_s || *pause_s >= 0);
  for (const auto& token : {vault::parse_login(response), vault::parse_lookup(response)}) {
    require(!token || (token->lease_s >= 0 && token->lease_s <= INT64_MAX / 4000));
  }
  const vault::Field read = vault::parse_field(response, field);
  require(read.text.empty() || read.state == vault::Field::State::there);
  check_words(read.deleted_at, 43);
}

struct KeyFile {
  std::string path = "/tmp/pruuv-vault-fuzz-XXXXXX";
  KeyFile() {
    const int fd = mkstemp(path.data());  // mode 600
    require(fd >= 0 && write(fd, "key", 3) == 3 && close(fd) == 0);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile() { unlink(path.c_str()); }
};

// One secret, and the same answer to whatever is sent.
void check_place(Place& place, const std::string& text, const HttpResponse& response) {
  const Reference reference = parse_reference(text).value();
  std::int64_t now_ms = 0;
  Answer answer = place.ask(reference, now_ms);
  for (int number = 1; answer.state != Answer::State::ready; ++number) {
    require(number < 100);
    if (answer.state == Answer::State::failed) {
      require(printable(answer.failure.error.message) == answer.failure.error.message);
      return require(answer.failure.error.message.size() < 1000);
    }
    if (answer.state == Answer::State::paused) {
      now_ms = answer.again_ms;
      answer = place.ask(reference, now_ms);
      continue;
    }
    require(place.next_call(number, now_ms).has_value());
    for (Settled& settled : place.take(number, response, now_ms)) answer = settled.answer;
  }
}

}  // namespace
}  // namespace pruuv::secrets

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace pruuv::secrets;
  constexpr int statuses[] = {200, 204, 307, 400, 403, 404, 429, 500, 503, 0};
  if (size < 2) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are what a fuzzer gives
  std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  pruuv::HttpResponse response;
  response.status = statuses[data[0] % std::size(statuses)];
  response.transport_code = data[1] % 8 == 7 ? 18 : response.status == 0 ? 7 : 0;
  check_reference_text(std::string(take_part(rest)));
  const std::string value(take_part(rest));
  response.headers = {{"retry-after", value}, {"location", value}};
  response.body = rest;
  check_parsers(response, value.empty() ? "token" : value);
  pruuv::config::VaultSettings settings;
  settings.addresses = {"https://one.example", "https://two.example"};
  settings.auth_mount = "approle";
  Vault vault(settings, [](const pruuv::Secret&) {});
  check_place(vault, "vault:kv/a#f", response);
  static const KeyFile key_file;
  Supabase supabase({"https://acme.supabase.co", key_file.path}, [](const pruuv::Secret&) {});
  check_place(supabase, "supabase:a", response);
  return 0;
}
