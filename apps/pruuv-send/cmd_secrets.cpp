#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "audit/records.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "report/table.hpp"
#include "secret_input.hpp"
#include "secrets/rotation.hpp"
#include "secrets/sealed.hpp"
#include "secrets/source.hpp"
#include "store/connections.hpp"
#include "store/schema.hpp"
#include "store/sealed_secrets.hpp"

namespace pruuv::app {
namespace {

struct Options {
  std::string name;
  bool force = false;
  report::Format format = report::Format::table;
};

Result<void> check_name(const std::string& name) {
  if (store::is_sealed_secret_name(name)) return {};
  // Not repeated: it may be the secret itself.
  return fail(ErrorKind::usage, "read the name of the secret: it is none",
              "names have 1 to 64 letters, digits, dots, underscores and dashes");
}

Result<void> record(const Context& context, store::Database& database, const std::string& action,
                    std::string detail) {
  audit::OperatorAction done;
  done.at_ms = context.clock->now_ms();
  done.action = action;
  done.operator_name = operator_name();
  done.detail = std::move(detail);
  return audit::append_operator_action(database, done);
}

std::string detail_of(const std::string& name, const std::string& key_id) {
  json::Writer detail;
  detail.begin_object();
  detail.member("name", name);
  if (!key_id.empty()) detail.member("key_id", key_id);
  detail.end_object();
  return detail.str();
}

Result<std::string> store_id_of(store::Database& database) {
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database));
  return info.store_id;
}

Result<int> set(const Context& context, const Options& options) {
  PRUUV_TRY(check_name(options.name));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(const Secret typed,
                   read_secret_input(fmt::format("secret for {} (not shown): ", options.name)));
  PRUUV_TRY_ASSIGN(const Secret secret, secrets::tidy(typed, "sealed:" + options.name));
  PRUUV_TRY_ASSIGN(const std::string store_id, store_id_of(*database));
  secrets::KeyRing ring(context.config.sealing_key_file);
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const secrets::KeyForSealing sealing,
                   secrets::key_for_sealing(*database, store_id, ring));
  // Told at once: the file stays even where the rest fails.
  if (sealing.is_new) {
    put(STDOUT_FILENO, fmt::format("sealing key made: {}\n"
                                   "back it up apart from the store: without it the secrets in the "
                                   "store are lost\n",
                                   printable(ring.path())));
  }
  PRUUV_TRY_ASSIGN(
      const bool was_there,
      store::save_sealed_secret(*database, secrets::seal(sealing.key, store_id, options.name,
                                                         secret, context.clock->now_s())));
  PRUUV_TRY(record(context, *database, "secrets-set", detail_of(options.name, sealing.key.id)));
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO,
      fmt::format("secret {}: {}\n", options.name,
                  was_there ? "replaced"
                            : fmt::format("set; a connection uses it as sealed:{}", options.name)));
  return 0;
}

// Which connections name each secret, as people write them.
Result<std::map<std::string, std::vector<std::string>>> load_users(store::Database& database) {
  PRUUV_TRY_ASSIGN(const auto connections, store::load_connections(database));
  std::map<std::string, std::vector<std::string>> users;
  constexpr std::string_view scheme = "sealed:";
  for (const Connection& connection : connections) {
    if (!connection.credential.starts_with(scheme)) continue;
    users[connection.credential.substr(scheme.size())].push_back(printable(
        fmt::format("{} {}/{}", connection.client_id, connection.platform, connection.name)));
  }
  return users;
}

Result<int> list(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const auto all, store::load_sealed_secrets(*database));
  PRUUV_TRY_ASSIGN(auto users, load_users(*database));
  report::Table table({"name", "key", "set at", "connections"}, {false, false, false, true});
  std::string csv = report::csv_line({"name", "key_id", "set_at", "connections"});
  json::Writer json;
  json.begin_array();
  for (const store::SealedSecret& secret : all) {
    const auto used = static_cast<std::int64_t>(users[secret.name].size());
    const std::vector<std::string> row = {secret.name, secret.key_id, format_utc(secret.set_at_s),
                                          std::to_string(used)};
    table.add(row);
    csv += report::csv_line(row);
    json.begin_object();
    json.member("name", secret.name);
    json.member("key_id", secret.key_id);
    json.member("set_at", format_utc(secret.set_at_s));
    json.member_integer("connections", used);
    json.end_object();
  }
  json.end_array();
  std::string out = table.render();
  if (options.format == report::Format::json) out = json.str() + "\n";
  if (options.format == report::Format::csv) out = csv;
  put(STDOUT_FILENO, out);
  return 0;
}

Result<int> remove(const Context& context, const Options& options) {
  PRUUV_TRY(check_name(options.name));
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const bool was_there, store::remove_sealed_secret(*database, options.name));
  if (!was_there) {
    return fail(ErrorKind::usage,
                fmt::format("remove the secret {}: there is no such secret", options.name),
                "`pruuv-send secrets list` shows them");
  }
  PRUUV_TRY_ASSIGN(const auto users, load_users(*database));
  const auto found = users.find(options.name);
  if (found != users.end() && !options.force) {
    return fail(ErrorKind::usage,
                fmt::format("remove the secret {}: {} connections use it, first {}", options.name,
                            found->second.size(), found->second.front()),
                "give them another credential with `pruuv-send connections set`, or add --force: "
                "they are held then");
  }
  PRUUV_TRY(record(context, *database, "secrets-rm", detail_of(options.name, "")));
  PRUUV_TRY(transaction.commit());
  put(STDOUT_FILENO, fmt::format("secret {}: removed\n", options.name));
  return 0;
}

Result<secrets::Rotation> begin(const Context& context, store::Database& database,
                                const std::string& store_id, secrets::KeyRing& ring) {
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  PRUUV_TRY_ASSIGN(secrets::Rotation rotation, secrets::begin_rotation(database, store_id, ring));
  if (rotation.key_id.empty()) return rotation;
  json::Writer detail;
  detail.begin_object();
  detail.member("key_id", rotation.key_id);
  detail.member_boolean("new_key", rotation.is_new);
  detail.member_integer("secrets", static_cast<std::int64_t>(rotation.names.size()));
  detail.end_object();
  PRUUV_TRY(record(context, database, "secrets-rotate", detail.str()));
  PRUUV_TRY(transaction.commit());
  return rotation;
}

Result<void> seal_again(store::Database& database, const std::string& store_id,
                        const secrets::KeyRing& ring, const std::string& key_id,
                        const std::string& name) {
  PRUUV_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(database));
  PRUUV_TRY(secrets::seal_again(database, store_id, ring, key_id, name));
  return transaction.commit();
}

// A secret that does not open stays as it is, and its key with it; the others go on.
Result<void> seal_all_again(store::Database& database, const std::string& store_id,
                            const secrets::KeyRing& ring, const secrets::Rotation& rotation) {
  Result<void> first_fault;
  for (const std::string& name : rotation.names) {
    auto done = seal_again(database, store_id, ring, rotation.key_id, name);
    if (done) continue;
    if (done.error().kind != ErrorKind::config) return done;
    if (first_fault) first_fault = std::move(done);
  }
  return first_fault;
}

void tell(const secrets::Rotation& rotation, const secrets::OldKeys& old,
          const secrets::KeyRing& ring) {
  std::string out = rotation.is_new
                        ? fmt::format("new sealing key {}\n", rotation.key_id)
                        : fmt::format(
                              "an earlier rotation to key {} is finished; run it again for "
                              "a new key\n",
                              rotation.key_id);
  for (const std::string& id : old.removed) {
    out += fmt::format("key {} removed; backups and copies of the store made before need it\n", id);
  }
  for (const std::string& id : old.kept) {
    out += fmt::format(
        "key {} seals nothing in this store; it was made by hand and stays: take its line out if "
        "no "
        "other store needs it\n",
        id);
  }
  out += fmt::format("back up {} apart from the store\n", printable(ring.path()));
  put(STDOUT_FILENO, out);
}

Result<int> rotate(const Context& context) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_write));
  PRUUV_TRY_ASSIGN(const std::string store_id, store_id_of(*database));
  secrets::KeyRing ring(context.config.sealing_key_file);
  PRUUV_TRY_ASSIGN(const secrets::Rotation rotation, begin(context, *database, store_id, ring));
  if (rotation.key_id.empty()) {
    put(STDOUT_FILENO, "no secret is sealed in this store: nothing to rotate\n");
    return 0;
  }
  const Result<void> sealed = seal_all_again(*database, store_id, ring, rotation);
  if (!sealed && sealed.error().kind != ErrorKind::config) return Unexpected(sealed.error());
  PRUUV_TRY_ASSIGN(const store::Transaction transaction, store::Transaction::begin(*database));
  PRUUV_TRY_ASSIGN(const secrets::OldKeys old, secrets::remove_old_keys(*database, store_id, ring));
  if (!sealed) return Unexpected(sealed.error());
  tell(rotation, old, ring);
  return 0;
}

}  // namespace

void add_secrets(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("secrets", "Credentials kept sealed in the store (sealed:NAME)");
  command->require_subcommand(1);
  CLI::App* setting = command->add_subcommand(
      "set", "Keep a secret, read from standard input; never from an argument");
  setting->add_option("NAME", options->name, "what sealed:NAME calls it")->required();
  setting->final_callback([&context, options] {
    context.command = [&context, options] { return set(context, *options); };
  });
  CLI::App* listing = command->add_subcommand("list", "Show the names, never the secrets");
  add_format_option(*listing, options->format);
  listing->final_callback([&context, options] {
    context.command = [&context, options] { return list(context, *options); };
  });
  CLI::App* rotating = command->add_subcommand(
      "rotate", "Seal all of them again, with a new key; back the key file up before and after");
  rotating->final_callback(
      [&context] { context.command = [&context] { return rotate(context); }; });
  CLI::App* removing = command->add_subcommand("rm", "Remove a secret");
  removing->add_option("NAME", options->name, "as `secrets list` shows it")->required();
  removing->add_flag("--force", options->force, "even while a connection uses it");
  removing->final_callback([&context, options] {
    context.command = [&context, options] { return remove(context, *options); };
  });
}

}  // namespace pruuv::app
