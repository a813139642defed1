#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "audit/redact.hpp"
#include "base/text.hpp"
#include "doctor.hpp"
#include "secrets.hpp"
#include "secrets/file_source.hpp"
#include "secrets/reference.hpp"
#include "secrets/vault_api.hpp"

namespace pruuv::app {
namespace {

bool is_in_vault(const resolve::Target& target) {
  const auto reference = secrets::parse_reference(target.connection->credential);
  return reference && reference->scheme == secrets::Scheme::vault;
}

// The settings that name a file with a secret in it.
void check_key_files(const Context& context, Findings& findings) {
  for (const config::Setting& setting : context.known_settings) {
    const bool is_key = setting.name.ends_with("-file") && setting.name != "ca-file";
    if (!is_key || setting.value->empty()) continue;
    if (auto key = secrets::read_file(*setting.value); !key) {
      findings.fail(setting.name, key.error());
    } else {
      findings.ok(setting.name, printable(*setting.value) + ", for its owner alone");
    }
  }
}

// What /sys/health says by its status (developer.hashicorp.com/vault/api-docs/system/health).
std::string health_of(const HttpResponse& response, bool& is_usable) {
  is_usable = false;
  if (!response.is_whole()) return "does not answer: " + response.transport_error;
  switch (response.status) {
    case 200:
      is_usable = true;
      return "active";
    case 429:
    case 473:
      is_usable = true;
      return "a standby that answers";
    case 472:
      return "a replica for disasters, which answers nobody";
    case 474:
      return "a standby without its active node";
    case 501:
      return "not initialised";
    case 503:
      return "sealed";
    default:
      return fmt::format("answers with HTTP status {}", response.status);
  }
}

// Whether any address can be used.
bool check_vault_health(const Context& context, http::Client& client, Findings& findings) {
  const config::VaultSettings& vault = context.config.vault;
  std::vector<std::string> unusable;
  for (const std::string& address : vault.addresses) {
    secrets::vault::Session session;
    session.address = address;
    session.ca_file = vault.ca_file;
    bool is_usable = false;
    const HttpResponse response = http::perform(client, secrets::vault::health_request(session));
    const std::string health = fmt::format("{}: {}", address, health_of(response, is_usable));
    is_usable ? findings.ok("vault", health) : unusable.push_back(health);
  }
  const bool is_down = unusable.size() == vault.addresses.size();
  for (const std::string& health : unusable) {
    constexpr const char* fix = "see `vault status` there, its network, and --vault-cacert";
    if (is_down) {
      findings.fail("vault", Error{ErrorKind::unavailable, health, fix});
    } else {
      findings.warn("vault", health, fix);
    }
  }
  return !is_down;
}

std::string name_of(const resolve::Target& target) {
  return fmt::format("{} {}/{}", target.connection->client_id, target.connection->platform,
                     target.connection->name);
}

// Nothing where the credential can be read and is one.
std::optional<Error> fault_of(const resolve::Target& target, secrets::Keeper& keeper,
                              http::Client& client, Clock& clock) {
  const secrets::Answer answer =
      secrets::read_now(keeper, client, clock, target.connection->credential);
  if (answer.state != secrets::Answer::State::ready) return answer.failure.error;
  const auto credential = target.adapter->parse_credential(answer.secret);
  if (!credential) return credential.error();
  return std::nullopt;
}

void check_credentials(const Context& context, http::Client& client, store::Database& database,
                       const Targets& targets, Findings& findings) {
  audit::Redactor redactor;
  const auto keeper = make_keeper(context, database, redactor);
  const Farewell farewell(*keeper, client);
  // A wrapping token can be used once, and is the next run's.
  const bool spares_vault = context.config.vault.secret_id_wrapped;
  std::size_t good = 0;
  std::size_t spared = 0;
  std::vector<std::pair<std::string, Error>> faults;
  for (const resolve::Target* target : targets) {
    if (spares_vault && is_in_vault(*target)) {
      ++spared;
    } else if (auto fault = fault_of(*target, *keeper, client, *context.clock)) {
      fault->message = redactor.redact(fault->message);
      faults.emplace_back(name_of(*target), *std::move(fault));
    } else {
      ++good;
    }
  }
  const std::string count = fmt::format(
      "{} of {} active connections have one that is readable and "
      "well-formed",
      good, targets.size());
  faults.empty() ? findings.ok("credentials", count) : findings.warn("credentials", count);
  if (spared > 0) {
    findings.warn("credentials",
                  fmt::format("{} in Vault not tried: the wrapped secret id can be used once, and "
                              "is the next run's",
                              spared));
  }
  for (const auto& [name, error] : faults) findings.fail("credential " + name, error);
}

void warn_of_places(const Targets& targets, Findings& findings) {
  for (const resolve::Target* target : targets) {
    const auto reference = secrets::parse_reference(target->connection->credential);
    if (!reference) continue;
    const std::string_view warning = secrets::warning_of(*reference);
    if (!warning.empty()) findings.warn("credential " + name_of(*target), std::string(warning));
  }
}

}  // namespace

void check_secrets(const Context& context, http::Client& client, store::Database& database,
                   const Targets& targets, Findings& findings) {
  check_key_files(context, findings);
  const bool has_vault = !context.config.vault.addresses.empty();
  if (has_vault) check_vault_health(context, client, findings);
  check_credentials(context, client, database, targets, findings);
  warn_of_places(targets, findings);
}

}  // namespace pruuv::app
