#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "audit/chain.hpp"
#include "audit/log.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "delivery/quality.hpp"
#include "model/delivery.hpp"
#include "report/audit_log.hpp"
#include "report/outcomes.hpp"
#include "report/quality.hpp"
#include "store/outcomes.hpp"
#include "store/runs.hpp"
#include "store/schema.hpp"

namespace pruuv::app {
namespace {

constexpr std::size_t rows_unless_told = 1000;

struct Options {
  audit::LogFilter filter;
  std::string since = "30d";
  std::string until;
  bool summary = false;
  bool quality = false;
  bool verify = false;
  std::string head;
  bool json = false;
  report::Format format = report::Format::table;
};

Result<std::string> summarize(store::Database& database, const Options& options,
                              const audit::LogFilter& filter) {
  std::vector<std::string> client_ids = {filter.client_id};
  if (filter.client_id.empty()) {
    PRUUV_TRY_ASSIGN(client_ids, store::load_client_ids(database));
  }
  std::vector<ClientOutcomes> outcomes;
  for (const std::string& client_id : client_ids) {
    PRUUV_TRY_ASSIGN(ClientOutcomes client,
                     store::count_outcomes(database, client_id, platforms::platform_names(),
                                           filter.since_s, filter.until_s));
    if (client.events > 0 || client_ids.size() == 1) outcomes.push_back(std::move(client));
  }
  PRUUV_TRY_ASSIGN(auto attempts, audit::count_log(database, filter));
  PRUUV_TRY_ASSIGN(const auto resent, audit::count_resent_after_unknown(database, filter));
  attempts.insert(attempts.end(), resent.begin(), resent.end());
  if (options.format != report::Format::table) {
    return report::render_outcomes(outcomes, filter.platform, options.format);
  }
  std::string period = "by event time";
  if (filter.since_s) period += fmt::format(", from {} on", format_utc(*filter.since_s));
  if (filter.until_s) period += fmt::format(", before {}", format_utc(*filter.until_s));
  return fmt::format("events {}\n\n", period) +
         report::render_outcomes(outcomes, filter.platform, options.format) + "\nattempts\n" +
         report::render_log_counts(attempts, options.format);
}

Result<int> show_quality(const Context& context, const Options& options,
                         const audit::LogFilter& filter) {
  if (filter.client_id.empty())
    return fail(ErrorKind::usage, "audit --quality: whose events?", "add --client X");
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const delivery::Roster roster, load_roster(context, *database));
  PRUUV_TRY_ASSIGN(
      std::vector<SignalShares> shares,
      delivery::count_signals(*database, roster, filter.client_id, filter.since_s, filter.until_s));
  std::erase_if(shares, [&](const SignalShares& one) {
    return !filter.platform.empty() && one.platform != filter.platform;
  });
  put(STDOUT_FILENO, report::render_quality(filter.client_id, shares, options.format));
  return 0;
}

std::string render_verification(const audit::Verification& verification, std::size_t journal_heads,
                                report::Format format) {
  if (format == report::Format::json) {
    json::Writer out;
    out.begin_object();
    out.member_integer("links", verification.links);
    out.member("head", verification.head_hex);
    out.member_integer("journal_heads", static_cast<std::int64_t>(journal_heads));
    out.key("fault");
    verification.fault.empty() ? out.null() : out.text(verification.fault);
    out.end_object();
    return out.str() + "\n";
  }
  if (format == report::Format::csv) {
    return report::csv_line({"links", "head", "journal_heads", "fault"}) +
           report::csv_line({std::to_string(verification.links), verification.head_hex,
                             std::to_string(journal_heads), verification.fault});
  }
  std::string out = fmt::format("links: {}\nhead: {}\n", verification.links, verification.head_hex);
  if (!verification.fault.empty()) {
    return out + fmt::format("the records do not hold; the first fault: {}\n",
                             printable(verification.fault));
  }
  return out + fmt::format("the records hold; heads in the run journal that are among them: {}\n",
                           journal_heads);
}

// The journal is read first: whatever it names was committed before.
Result<int> verify(const Context& context, const Options& options) {
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(*database));
  PRUUV_TRY_ASSIGN(const auto journal, store::load_journal_heads(*database, info.store_id));
  const auto known_head =
      options.head.empty() ? std::optional<std::string>() : std::optional(options.head);
  PRUUV_TRY_ASSIGN(const audit::Verification verification,
                   audit::verify(*database, known_head, journal));
  put(STDOUT_FILENO, render_verification(verification, journal.size(), options.format));
  return verification.fault.empty() ? 0 : exit_code_of(ErrorKind::store_content);
}

Result<int> audit(const Context& context, Options options) {
  if (options.json) options.format = report::Format::json;
  if (options.verify) return verify(context, options);
  audit::LogFilter filter = options.filter;
  PRUUV_TRY_ASSIGN(filter.since_s, read_time(context, "--since", options.since));
  PRUUV_TRY_ASSIGN(filter.until_s, read_time(context, "--until", options.until));
  if (!filter.status.empty() && !attempt_status_of(filter.status)) {
    return fail(ErrorKind::usage,
                fmt::format("read --status: no such status as {}", printable(filter.status)),
                "accepted, rejected, retryable, ambiguous, waiting, held or not_sent");
  }
  if ((options.quality || options.summary) && !filter.status.empty()) {
    return fail(ErrorKind::usage, "audit: --status picks attempts, and the summary counts events",
                "leave out --status, or list the attempts without --summary and --quality");
  }
  if (options.quality) return show_quality(context, options, filter);
  PRUUV_TRY_ASSIGN(const auto database, open_store(context, store::OpenMode::read_only));
  if (options.summary) {
    PRUUV_TRY_ASSIGN(const std::string text, summarize(*database, options, filter));
    put(STDOUT_FILENO, text);
    return 0;
  }
  PRUUV_TRY_ASSIGN(const audit::LogPage page, audit::load_log(*database, filter));
  put(STDOUT_FILENO, report::render_log(page.rows, options.format));
  if (page.more) {
    put(STDERR_FILENO,
        fmt::format("the newest {} attempts; there are more: use --limit, --since, --until\n",
                    page.rows.size()));
  }
  return 0;
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  options->filter.limit = rows_unless_told;
  CLI::App* command = app.add_subcommand("audit", "Read the conversion audit log");
  command->add_option("--client", options->filter.client_id, "of this client");
  command->add_option("--platform", options->filter.platform, "of this platform");
  command->add_option("--status", options->filter.status, "with this status");
  command->add_option("--event", options->filter.event_id, "of this event");
  command->add_option("--since", options->since,
                      "from this time on: a time, a date, 24h, 7d (30d)");
  command->add_option("--until", options->until, "before this time");
  command->add_option("--limit", options->filter.limit, "rows at most (1000; 0 = all)");
  CLI::Option* const summary = command->add_flag(
      "--summary", options->summary, "what became of every event, by platform and reason");
  CLI::Option* const quality =
      command
          ->add_flag("--quality", options->quality,
                     "by what the platforms can match the client's events, and what is missing")
          ->excludes(summary);
  CLI::Option* const verify =
      command
          ->add_flag("--verify", options->verify,
                     "check that the records are whole, in order and unchanged")
          ->excludes(summary)
          ->excludes(quality);
  command
      ->add_option("--head", options->head, "with --verify: a chain head that must be among them")
      ->needs(verify);
  add_format_option(*command, options->format);
  command->add_flag("--json", options->json, "the same as --format json");
  command->final_callback([&context, options] {
    context.command = [&context, options] { return audit(context, *options); };
  });
}

}  // namespace pruuv::app
