#include <cstddef>
#include <cstdint>
#include <map>
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
std::optional<secrets::Failure> fault_of(const resolve::Target& target, secrets::Keeper& keeper,
                                         http::Client& client, Clock& clock) {
  const secrets::Answer answer =
      secrets::read_now(keeper, client, clock, target.connection->credential);
  if (answer.state != secrets::Answer::State::ready) return answer.failure;
  const auto credential = target.adapter->parse_credential(answer.secret);
  if (!credential) return secrets::Failure{secrets::Reach::reference, credential.error()};
  return std::nullopt;
}

// What concerns a whole place is said once, whoever asked first.
void report_faults(std::vector<std::pair<std::string, secrets::Failure>> faults,
                   Findings& findings) {
  std::map<std::string, std::pair<std::size_t, Error>> of_places;
  for (auto& [name, failure] : faults) {
    if (failure.reach == secrets::Reach::reference) {
      findings.fail("credential " + name, failure.error);
      continue;
    }
    auto& [count, error] = of_places[failure.error.message];
    ++count;
    error = std::move(failure.error);
  }
  for (auto& [message, counted] : of_places) {
    auto& [count, error] = counted;
    error.message += fmt::format("; {} connection{} need{} it", count, count == 1 ? "" : "s",
                                 count == 1 ? "s" : "");
    findings.fail("credentials", error);
  }
}

void check_vault_token(const Context& context, const secrets::Keeper& keeper, Findings& findings) {
  constexpr std::int64_t until_next_run_s = std::int64_t{26} * 3600;
  const config::VaultSettings& vault = context.config.vault;
  const auto ends_ms = keeper.vault_token_ends_ms();
  if (!ends_ms) return;
  const std::int64_t left_s = (*ends_ms - context.clock->steady_ms()) / 1000;
  const std::string life = fmt::format("a token that ends in {} min", left_s / 60);
  // One of a login is made anew by each run.
  const bool is_lent = !vault.role_id.empty() || !vault.jwt_file.empty();
  if (is_lent) return findings.ok("vault token", "logged in: " + life);
  if (left_s > until_next_run_s) return findings.ok("vault token", life);
  findings.warn("vault token", life,
                "give the next run a new one, or let it log in by AppRole or JWT");
}

// What a server wrote may hold a secret. The reference in front of it does not, and "#access_token:
// " would make the redactor take the next word for one.
std::string redacted(const audit::Redactor& redactor, const std::string& message,
                     const std::string& reference) {
  const std::size_t at = message.find(reference);
  const std::size_t end = at == std::string::npos ? 0 : at + reference.size();
  return message.substr(0, end) + redactor.redact(message.substr(end));
}

struct Tally {
  std::size_t good = 0;
  std::size_t spared = 0;
  std::vector<std::pair<std::string, secrets::Failure>> faults;
};

Tally read_all(const Context& context, secrets::Keeper& keeper, http::Client& client,
               const audit::Redactor& redactor, const Targets& targets, bool spares_vault) {
  Tally tally;
  for (const resolve::Target* target : targets) {
    if (spares_vault && is_in_vault(*target)) {
      ++tally.spared;
    } else if (auto fault = fault_of(*target, keeper, client, *context.clock)) {
      fault->error.message =
          redacted(redactor, fault->error.message, target->connection->credential);
      tally.faults.emplace_back(name_of(*target), *std::move(fault));
    } else {
      ++tally.good;
    }
  }
  return tally;
}

void check_credentials(const Context& context, http::Client& client, store::Database& database,
                       const Targets& targets, bool is_vault_down, Findings& findings) {
  // A wrapping token can be used once, and is the next run's.
  const bool is_wrapped = context.config.vault.secret_id_wrapped;
  audit::Redactor redactor;
  const auto keeper = make_keeper(context, database, redactor);
  const Farewell farewell(*keeper, client);
  Tally tally = read_all(context, *keeper, client, redactor, targets, is_wrapped || is_vault_down);
  const std::string count =
      fmt::format("{} of {} active connections have one that is readable and well-formed",
                  tally.good, targets.size());
  tally.good == targets.size() ? findings.ok("credentials", count)
                               : findings.warn("credentials", count);
  if (tally.spared > 0) {
    findings.warn("credentials",
                  fmt::format("{} in Vault not tried: {}", tally.spared,
                              is_vault_down ? "it cannot be asked"
                                            : "the wrapped secret id can be used once, and is the "
                                              "next run's"));
  }
  check_vault_token(context, *keeper, findings);
  report_faults(std::move(tally.faults), findings);
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
  const bool is_vault_down = has_vault && !check_vault_health(context, client, findings);
  check_credentials(context, client, database, targets, is_vault_down, findings);
  warn_of_places(targets, findings);
}

}  // namespace pruuv::app
