#include "delivery/simulation/stand_ins.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace pruuv::delivery::simulation {
namespace {

constexpr std::int64_t timeout_ms = 30'000;

// libcurl's codes where nothing leaves, and where no answer comes.
const std::vector<int> unreachable_codes = {6, 7, 28, 35};
const std::vector<int> lost_codes = {52, 56, 65};
constexpr int certificate_code = 60;
constexpr int timeout_code = 28;
constexpr int cut_off_code = 18;

}  // namespace

std::int64_t StandIns::latency_ms() {
  if (climate_.strikes(Fault::slow, dice_)) return dice_.between(1000, timeout_ms - 1);
  return dice_.between(20, 900);
}

Reply StandIns::plain(const Parcel& parcel, HttpResponse response, Told told) {
  Reply reply;
  reply.response = std::move(response);
  reply.latency_ms = latency_ms();
  reply.kept.assign(parcel.items.size(), false);
  reply.told.assign(parcel.items.size(), told);
  reply.own_fault.assign(parcel.items.size(), false);
  return reply;
}

StandIns::Owner StandIns::owner_of(Vendor vendor, const std::string& token) const {
  if (is_google(vendor)) {
    const auto found = access_tokens_.find(token);
    return found == access_tokens_.end() ? Owner{} : found->second;
  }
  constexpr std::string_view begin = "token-";
  if (!token.starts_with(begin)) return {};
  return {token.substr(begin.size()), std::int64_t{1} << 62};
}

Reply StandIns::give_token(const std::string& refresh_token, std::int64_t now_ms) {
  const std::string credential = refresh_token.substr(refresh_token.find('-') + 1);
  Reply reply;
  reply.latency_ms = latency_ms();
  const Spell* spell = weather_.of_credential(credential, now_ms, dice_);
  if (spell != nullptr && spell->fault == Fault::dead_token) {
    reply.response = whole(400, R"({"error":"invalid_grant"})");
    reply.is_dead_token = true;
    reply.trouble = Trouble::credential;
    return reply;
  }
  if (spell != nullptr && spell->fault == Fault::token_down) {
    const std::vector<HttpResponse> answers = {
        whole(503, "<html>"), whole(200, "<html>"), none(52, true), none(7, false),
        whole(400, R"({"error":"temporarily_unavailable"})")};
    reply.response = dice_.one_of(answers);
    reply.trouble = Trouble::credential;
    return reply;
  }
  const bool is_short = spell != nullptr && spell->fault == Fault::short_token;
  const std::int64_t lives_s = is_short ? dice_.between(90, 600) : 3599;
  const std::string token = fmt::format("ya29-{}-{}", credential, ++tokens_);
  access_tokens_[token] = {credential, now_ms + reply.latency_ms + lives_s * 1000};
  reply.response =
      whole(200, fmt::format(R"({{"access_token":"{}","expires_in":{}}})", token, lives_s));
  return reply;
}

// Failures that come before anybody looks at the events.
std::optional<Reply> StandIns::fail_before(const Spell& spell, const Parcel& parcel) {
  Reply reply = plain(parcel, {}, Told::not_taken);
  reply.has_failed = true;
  reply.trouble = Trouble::adapter;
  switch (spell.fault) {
    case Fault::outage:
      reply.response = whole(503, dice_.chance(500) ? "<html>" : "{}");
      return reply;
    case Fault::unreachable:
      reply.response = none(dice_.one_of(unreachable_codes), false);
      reply.has_arrived = false;
      return reply;
    case Fault::certificate:
      reply.response = none(certificate_code, false);
      reply.has_arrived = false;
      return reply;
    case Fault::server_error:
      reply.response = whole(dice_.one_of(std::vector<int>{500, 502, 504}), "<html>");
      reply.told.assign(parcel.items.size(), Told::unknown);
      reply.trouble = Trouble::connection;
      if (dice_.chance(500)) {
        for (std::size_t i = 0; i < parcel.items.size(); ++i) {
          const bool is_odd = fleet_.mark_of(parcel.vendor, parcel.items[i].event_id) != nullptr;
          if (!is_odd) keep(parcel, i, reply, true);
        }
      }
      return reply;
    default:
      return std::nullopt;
  }
}

std::optional<Reply> StandIns::throttle(const Spell& spell, const Parcel& parcel) {
  Reply reply = plain(parcel, {}, Told::not_taken);
  reply.has_failed = true;
  reply.trouble = is_google(parcel.vendor) ? Trouble::adapter : Trouble::connection;
  switch (spell.fault) {
    case Fault::throttled_429:
      reply.response = whole(429, "<html>");
      reply.trouble = Trouble::connection;
      break;
    case Fault::throttled_code: {
      const bool of_credential = spell.of_credential && !is_google(parcel.vendor);
      reply.response = throttle_by_code(parcel.vendor, of_credential, dice_);
      if (of_credential) reply.trouble = Trouble::credential;
      break;
    }
    case Fault::permission:
      reply.response = refuse_permission(parcel.vendor);
      reply.trouble = Trouble::connection;
      return reply;
    case Fault::passing_code:
      reply.response = fail_in_passing(parcel.vendor, dice_);
      return reply;
    case Fault::small_body:
      if (parcel.items.size() == 1 || parcel.body_bytes <= spell.body_bytes_max)
        return std::nullopt;
      reply.response = whole(413, "<html>");
      reply.has_failed = false;
      reply.trouble = Trouble::none;
      return reply;
    default:
      return std::nullopt;
  }
  if (!spell.retry_after.empty()) {
    reply.response.headers.emplace_back("retry-after", spell.retry_after);
    reply.asked_s = seconds_of(spell.retry_after);
  }
  return reply;
}

std::optional<Reply> StandIns::fail(const Parcel& parcel, const FleetConnection& connection,
                                    std::int64_t now_ms) {
  if (climate_.strikes(Fault::not_started, dice_)) {
    Reply reply = plain(parcel, none(2, false), Told::not_taken);
    reply.has_arrived = false;
    reply.is_refused_start = true;
    reply.has_failed = true;
    reply.trouble = Trouble::adapter;
    return reply;
  }
  if (const Spell* spell = weather_.of_adapter(parcel.vendor, now_ms, dice_)) {
    if (auto reply = fail_before(*spell, parcel)) return reply;
  }
  const Owner owner = owner_of(parcel.vendor, parcel.token);
  const Spell* token = weather_.of_credential(owner.credential, now_ms, dice_);
  if (now_ms >= owner.until_ms || (token != nullptr && token->fault == Fault::dead_token)) {
    Reply reply = plain(parcel, refuse_token(parcel.vendor), Told::not_taken);
    reply.has_failed = true;
    reply.is_dead_token = true;
    reply.trouble = Trouble::credential;
    return reply;
  }
  if (const Spell* spell = weather_.of_connection(connection.stored.id, now_ms, dice_)) {
    if (auto reply = throttle(*spell, parcel)) return reply;
  }
  return std::nullopt;
}

Reply StandIns::receive(const Parcel& parcel, const FleetConnection& connection,
                        std::int64_t now_ms) {
  if (auto failed = fail(parcel, connection, now_ms)) return std::move(*failed);
  Reply reply = take(parcel, now_ms);
  const bool is_taken = std::ranges::find(reply.told, Told::taken) != reply.told.end();
  const Spell* spell = weather_.of_connection(connection.stored.id, now_ms, dice_);
  if (is_taken && spell != nullptr && spell->fault == Fault::usage) {
    reply.response.headers.emplace_back(
        "x-business-use-case-usage",
        fmt::format(R"({{"1":[{{"type":"ads_management","call_count":{},"total_cputime":1,)"
                    R"("total_time":1,"estimated_time_to_regain_access":{}}}]}})",
                    dice_.between(50, 100), dice_.chance(500) ? 0 : dice_.between(1, 60)));
    reply.trouble = Trouble::connection;
  }
  lose_answer(parcel, reply);
  return reply;
}

void StandIns::keep(const Parcel& parcel, std::size_t index, Reply& reply, bool anew) {
  const ParcelItem& item = parcel.items[index];
  if (is_google(parcel.vendor)) {
    const bool is_new = kept_by_google_.emplace(std::pair(item.scope, item.event_id), true).second;
    anew = anew && is_new;
  }
  reply.kept[index] = anew;
}

// What the platform finds, event by event.
std::vector<Row> StandIns::look_at(const Parcel& parcel, std::int64_t now_ms) {
  std::vector<Row> rows(parcel.items.size(), Row::taken);
  if (parcel.vendor != Vendor::google_ads) return rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ParcelItem& item = parcel.items[i];
    const Mark* mark = fleet_.mark_of(parcel.vendor, item.event_id);
    if (mark != nullptr && mark->fault == Fault::bad_row) rows[i] = Row::bad;
    if (mark != nullptr && now_ms < mark->until_ms) {
      if (mark->fault == Fault::passing_row) rows[i] = Row::passing;
      if (mark->fault == Fault::too_recent_row) rows[i] = Row::too_recent;
    }
    if (rows[i] == Row::taken && kept_by_google_.contains({item.scope, item.event_id}))
      rows[i] = Row::known_already;
  }
  return rows;
}

Reply StandIns::take(const Parcel& parcel, std::int64_t now_ms) {
  // One bad event sinks the whole request.
  for (std::size_t i = 0; i < parcel.items.size(); ++i) {
    const Mark* mark = fleet_.mark_of(parcel.vendor, parcel.items[i].event_id);
    if (mark == nullptr) continue;
    if (mark->fault == Fault::bad_unnamed)
      return plain(parcel, refuse_event(parcel.vendor, std::nullopt), Told::not_taken);
    if (mark->fault == Fault::bad_named)
      return plain(parcel, refuse_event(parcel.vendor, i), Told::not_taken);
  }
  const std::vector<Row> rows = look_at(parcel, now_ms);
  Reply reply = plain(parcel, answer_rows(parcel.vendor, rows), Told::taken);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == Row::taken || rows[i] == Row::known_already) {
      keep(parcel, i, reply, rows[i] == Row::taken);
      continue;
    }
    reply.told[i] = Told::not_taken;
    reply.own_fault[i] = rows[i] == Row::passing;
  }
  return reply;
}

// The platform has done its work; what of the answer reaches the program is another matter.
void StandIns::lose_answer(const Parcel& parcel, Reply& reply) {
  const auto unknown = [&] {
    reply.told.assign(parcel.items.size(), Told::unknown);
    reply.own_fault.assign(parcel.items.size(), false);
    reply.has_failed = true;
    reply.trouble = Trouble::connection;
  };
  // Half of the requests that get no answer were never looked at.
  const auto maybe_forget = [&] {
    if (dice_.chance(500)) return;
    for (std::size_t i = 0; i < parcel.items.size(); ++i) {
      if (reply.kept[i] && is_google(parcel.vendor))
        kept_by_google_.erase({parcel.items[i].scope, parcel.items[i].event_id});
      reply.kept[i] = false;
    }
  };
  if (climate_.strikes(Fault::lost_answer, dice_)) {
    reply.response = none(dice_.one_of(lost_codes), true);
    unknown();
    maybe_forget();
  } else if (climate_.strikes(Fault::timed_out, dice_)) {
    reply.response = none(timeout_code, true);
    reply.latency_ms = timeout_ms;
    unknown();
    maybe_forget();
  } else if (climate_.strikes(Fault::broken_answer, dice_)) {
    if (dice_.chance(500)) {
      reply.response.transport_code = cut_off_code;
      reply.response.body.resize(reply.response.body.size() / 2);
    } else {
      reply.response = whole(200, dice_.chance(500) ? "<html>" : "");
    }
    unknown();
  } else if (climate_.strikes(Fault::partly_taken, dice_) &&
             std::ranges::count(reply.told, Told::taken) ==
                 static_cast<std::ptrdiff_t>(parcel.items.size())) {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < parcel.items.size(); ++i) {
      if (taken + 1 == parcel.items.size() || dice_.chance(500)) {
        if (reply.kept[i] && is_google(parcel.vendor))
          kept_by_google_.erase({parcel.items[i].scope, parcel.items[i].event_id});
        reply.kept[i] = false;
      } else {
        ++taken;
      }
    }
    reply.response = answer_partly_taken(parcel.vendor, taken);
    unknown();
  }
}

}  // namespace pruuv::delivery::simulation
