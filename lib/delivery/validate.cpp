#include "delivery/validate.hpp"

#include <fmt/format.h>

#include "delivery/check_only.hpp"
#include "delivery/preview.hpp"
#include "delivery/token_desk.hpp"

namespace pruuv::delivery {
namespace {

std::string text_of_verdict(const Verdict& verdict, const audit::Redactor& redactor) {
  const std::string words =
      verdict.message.empty() ? std::string(text_of(verdict.reason).words) : verdict.message;
  return redactor.redact(verdict.code.empty() ? words : fmt::format("{}: {}", verdict.code, words));
}

void add_fault(ValidationLine& line, std::string text) {
  for (ValidationLine::Fault& fault : line.faults) {
    if (fault.text != text) continue;
    ++fault.events;
    return;
  }
  line.faults.push_back({std::move(text), 1});
}

void check(const Services& services, const resolve::Target& target, const Batch& batch,
           const platforms::Credential& credential, ValidationLine& line) {
  std::vector<const Conversion*> conversions;
  conversions.reserve(batch.size());
  for (const Item& item : batch) conversions.push_back(&item.conversion);
  const Checked checked = check_only(services, target, conversions, credential);
  for (const Verdict& verdict : checked.verdicts) {
    if (verdict.outcome == Outcome::accepted) {
      ++line.fine;
    } else {
      add_fault(line, text_of_verdict(verdict, *services.redactor));
    }
  }
}

}  // namespace

Result<std::vector<ValidationLine>> validate(const Services& services, const Roster& roster,
                                             const RunOptions& options) {
  PRUUV_TRY_ASSIGN(const Selection selection,
                   select(*services.database, roster, options, services.clock->now_s()));
  TokenDesk tokens(services, options.seed);
  std::vector<ValidationLine> lines;
  for (const auto& [id, selected] : selection.by_connection) {
    ValidationLine line;
    line.connection = *selected.target.connection;
    line.events = static_cast<std::int64_t>(selected.items.size());
    line.can_check = selected.target.adapter->can_validate;
    if (!line.can_check) {
      line.not_checked = "the platform has no way to check without counting";
    } else {
      const TokenDesk::Grant grant = wait_for_grant(services, tokens, selected.target);
      if (grant.state == TokenDesk::Grant::State::refused) {
        line.not_checked = text_of_verdict(grant.refusal, *services.redactor);
      } else {
        for (const Batch& batch : batches_of(selected, options))
          check(services, selected.target, batch, grant.credential, line);
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace pruuv::delivery
