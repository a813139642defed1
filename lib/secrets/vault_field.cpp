#include "secrets/vault_field.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "secrets/source.hpp"
#include "secrets/vault_api.hpp"

namespace pruuv::secrets::vault {
namespace {

Answer field_answer(const Reference& reference, const Field& field) {
  const auto refuse = [&](const std::string& cause, std::string hint) {
    return Answer::failed(Reach::reference, Error{ErrorKind::config, text_of_read(reference, cause),
                                                  std::move(hint)});
  };
  switch (field.state) {
    case Field::State::there: {
      auto text = tidy(field.text, reference.text);
      if (!text) return refuse("the field is empty or holds a control character", "");
      return Answer::ready(std::move(*text));
    }
    case Field::State::no_field:
      return refuse("the secret is there, the field is not",
                    "`vault kv get` shows the fields; the one meant stands behind #");
    case Field::State::not_text:
      return refuse("the field is neither text nor an object", "write the token as a string");
    case Field::State::deleted:
      if (field.is_destroyed)
        return refuse("its latest version was destroyed", "write it again with `vault kv put`");
      return refuse(field.deleted_at.empty()
                        ? std::string("its latest version was deleted")
                        : fmt::format("its latest version was deleted at {}", field.deleted_at),
                    "`vault kv undelete`, or write it again");
    case Field::State::not_a_secret:
      break;
  }
  return refuse("what Vault answered is no secret of KV version 2",
                "the first part of the reference must be the mount of a KV version 2 engine");
}

}  // namespace

std::string text_of_read(const Reference& reference, const std::string& cause) {
  return fmt::format("read a secret: {}, at {}", cause, printable(reference.text));
}

Answer answer_of_read(const Reference& reference, const HttpResponse& response) {
  return field_answer(reference, parse_field(response, reference.field));
}

Answer answer_of_missing(const Reference& reference, const HttpResponse& response) {
  const Field field = parse_field(response, reference.field);
  if (field.state == Field::State::deleted) return field_answer(reference, field);
  const std::string words = words_of(response);
  return Answer::failed(
      Reach::reference,
      Error{ErrorKind::config, text_of_read(reference, with_words("Vault has none", response)),
            words.empty()
                ? std::string("`vault kv get` with the same mount and path shows what is there; "
                              "mind the namespace")
                : std::string("the first part of the reference must be the mount of a KV version "
                              "2 engine, the rest the path without `data/`")});
}

}  // namespace pruuv::secrets::vault
