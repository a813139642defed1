#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "secrets/vault.hpp"
#include "testing/testing.hpp"

// What tests of the Vault client share: settings, answers, and somebody who carries calls and
// answers to and fro.
namespace pruuv::secrets {

inline constexpr const char* secret_id = "canary-secret-id";
inline constexpr const char* first_address = "https://one.example:8200";
inline constexpr const char* second_address = "https://two.example:8200";

inline HttpResponse reply(int status, std::string body = {}) {
  HttpResponse response;
  response.status = status;
  response.bytes_sent = true;
  response.body = std::move(body);
  return response;
}

inline HttpResponse no_reply(int transport_code = 7) {
  HttpResponse response;
  response.transport_code = transport_code;
  response.transport_error = "no connection";
  return response;
}

inline HttpResponse with_header(HttpResponse response, std::string name, std::string value) {
  response.headers.emplace_back(std::move(name), std::move(value));
  return response;
}

inline HttpResponse lent(const std::string& token, std::int64_t lease_s = 3600,
                         bool renewable = true) {
  return reply(200, R"({"auth":{"client_token":")" + token + R"(","lease_duration":)" +
                        std::to_string(lease_s) + R"(,"renewable":)" +
                        (renewable ? "true" : "false") + "}}");
}

inline HttpResponse alive(std::int64_t ttl_s = 3600) {
  return reply(200, R"({"data":{"ttl":)" + std::to_string(ttl_s) + R"(,"renewable":false}})");
}

inline HttpResponse kept(const std::string& text) {
  return reply(200, R"({"data":{"data":{"token":")" + text + R"("},"metadata":{"version":1}}})");
}

inline HttpResponse permission_denied() {
  return reply(403, R"({"errors":["1 error occurred:\n\t* permission denied\n\n"]})");
}

// "login", "unwrap", "lookup", "renew", "revoke", or "read acme" with the last part of its path.
inline std::string name_of(const HttpRequest& request) {
  const std::string last = request.url.substr(request.url.rfind('/') + 1);
  if (request.url.find("/data/") != std::string::npos) return "read " + last;
  const std::string word = last.substr(0, last.find('-'));
  return word;
}

inline std::string token_in(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "X-Vault-Token") return std::string(std::get<Secret>(value).reveal());
  }
  return {};
}

class Visit {
 public:
  explicit Visit(config::VaultSettings settings)
      : vault_(std::move(settings),
               [this](const Secret& secret) { loaded.emplace_back(secret.reveal()); }) {}

  // Of vault:kv/<name>#token.
  Answer ask(const std::string& name) {
    const auto reference = parse_reference("vault:kv/" + name + "#token");
    REQUIRE(reference);
    return vault_.ask(*reference, now_ms);
  }

  // The calls that can be sent, by their names; they stay under way until they are answered.
  std::vector<std::string> send() {
    std::vector<std::string> names;
    while (auto request = vault_.next_call(next_number_, now_ms)) {
      names.push_back(name_of(*request));
      under_way.emplace_back(next_number_++, std::move(*request));
    }
    return names;
  }

  // The answer to the oldest call of that name; what it settles is in `answers`.
  HttpRequest answer(const std::string& name, const HttpResponse& response) {
    for (auto call = under_way.begin(); call != under_way.end(); ++call) {
      if (name_of(call->second) != name) continue;
      const auto [number, request] = *call;
      under_way.erase(call);
      for (Settled& settled : vault_.take(number, response, now_ms)) {
        // "vault:kv/<name>#token"
        const std::string asked = settled.reference.substr(9, settled.reference.size() - 15);
        answers[asked] = std::move(settled.answer);
      }
      return request;
    }
    FAIL("no call under way is " << name);
    return {};
  }

  // The only call there is to be sent, and its answer.
  HttpRequest exchange(const std::string& name, const HttpResponse& response) {
    CHECK(send() == std::vector<std::string>{name});
    return answer(name, response);
  }

  // Asks, logs in and reads the secret "first".
  void settle_in(const HttpResponse& login = lent("canary-token-1")) {
    CHECK(ask("first").state == Answer::State::asked);
    exchange("login", login);
    exchange("read first", kept("canary-first"));
    CHECK(answers["first"].state == Answer::State::ready);
  }

  bool is_settled(const std::string& name) const { return answers.count(name) > 0; }

  Vault& vault() { return vault_; }

  std::int64_t now_ms = 1'000'000;
  std::map<std::string, Answer> answers;
  std::vector<std::string> loaded;
  std::vector<std::pair<std::int64_t, HttpRequest>> under_way;

 private:
  std::int64_t next_number_ = 1;
  Vault vault_;
};

struct Settings {
  pruuv::testing::TempDir dir;

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(dir.file(name)) << text;
    REQUIRE(chmod(dir.file(name).c_str(), 0600) == 0);
    return dir.file(name);
  }

  config::VaultSettings none(std::vector<std::string> addresses = {first_address}) {
    config::VaultSettings settings;
    settings.addresses = std::move(addresses);
    settings.auth_mount = "approle";
    return settings;
  }

  config::VaultSettings approle(std::vector<std::string> addresses = {first_address}) {
    config::VaultSettings settings = none(std::move(addresses));
    settings.role_id = "role";
    settings.secret_id_file = write("secret-id", std::string(secret_id) + "\n");
    return settings;
  }

  config::VaultSettings static_token() {
    config::VaultSettings settings = none();
    settings.token_file = write("token", "canary-static");
    return settings;
  }
};

}  // namespace pruuv::secrets
