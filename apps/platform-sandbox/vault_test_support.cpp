#include <stdexcept>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "vault_test_client.hpp"

namespace sandbox::test {

Result VaultClient::ask(std::string_view method, std::string_view target, std::string_view body) {
  Call call;
  call.method = method;
  const std::size_t question = target.find('?');
  call.path = "/v1/" + std::string(target.substr(0, question));
  if (question != std::string_view::npos) call.query = target.substr(question + 1);
  call.body = body;
  call.headers = headers;
  if (!token.empty()) call.headers.push_back({"X-Vault-Token", token});
  const Platform& platform = platform_of(call.path);
  REQUIRE(platform.name == "vault");
  Conditions conditions;
  conditions.now = clock;
  conditions.vault = &book;
  conditions.executed = executed;
  const Judgement judgement = platform.judge(call, conditions);
  Answer answer = judgement.refusal ? judgement.refusal->answer : platform.answer(call, judgement);
  for (const Header& header : answer.headers)
    answer.body += header.name + ": " + header.value + "\n";
  return {answer.status,
          std::move(answer.body),
          judgement.refusal ? judgement.refusal->reason : std::string{},
          {}};
}

Result VaultClient::log_in() {
  Result result = post("auth/approle/login", good_login);
  token = text_in(result.body, "client_token");
  REQUIRE_FALSE(token.empty());
  return result;
}

std::string VaultClient::order(std::string_view json) {
  const vault::Ordered ordered = book.order(json, clock);
  if (ordered.error) throw std::logic_error(*ordered.error);
  return ordered.body;
}

std::string json_of(const Result& result) {
  return result.body.substr(0, result.body.find("Cache-Control"));
}

std::string text_in(std::string_view body, std::string_view key) {
  const std::string start = fmt::format("\"{}\":\"", key);
  const std::size_t at = body.find(start);
  if (at == std::string_view::npos) return {};
  body.remove_prefix(at + start.size());
  return std::string(body.substr(0, body.find('"')));
}

}  // namespace sandbox::test
