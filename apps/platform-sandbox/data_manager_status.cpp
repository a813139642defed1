#include "data_manager_errors.hpp"
#include "google.hpp"
#include "platform.hpp"
#include "query.hpp"
#include "request_book.hpp"
#include "token_book.hpp"

/// Google Data Manager API, GET /v1/requestStatus:retrieve?requestId=...: what became of a request
/// that was taken.
/// https://developers.google.com/data-manager/api/reference/rest/v1/requestStatus/retrieve
namespace sandbox {
namespace {

constexpr std::string_view status_path = "/v1/requestStatus:retrieve";

Judgement refused(std::string_view reason, Answer answer) {
  return refuse(Judgement{}, std::string(reason), std::move(answer));
}

Answer unknown_id() {
  const Violation bad = violation("INVALID_REQUEST_ID", {"requestId"}, "No such request.");
  return data_manager::fast_fail(std::span(&bad, 1));
}

Judgement judge(const Call& call, const Conditions& conditions) {
  if (call.path != status_path || call.method != "GET") {
    return refused("unknown_path", google::front_end_not_found());
  }
  if (auto refusal = google::check_token(call, data_manager_scope, conditions)) {
    return refused(refusal->reason, std::move(refusal->answer));
  }
  if (!call.body.empty()) return refused("body", data_manager::fast_fail({}));
  const Form query = read_form(call.query);
  if (query.size() != 1 || query.begin()->first != "requestId") {
    return refused("query", unknown_id());
  }
  const auto status = conditions.requests == nullptr
                          ? std::nullopt
                          : conditions.requests->status(query.begin()->second);
  if (!status) return refused("unknown_id", unknown_id());
  // The answer is all there is; it travels in the judgement's document.
  Judgement judgement;
  judgement.body.SetString(status->c_str(), static_cast<rapidjson::SizeType>(status->size()),
                           judgement.body.GetAllocator());
  return judgement;
}

Answer answer(const Call&, const Judgement& judgement) {
  return {200, std::string(text_of(judgement.body)), "application/json; charset=UTF-8", {}};
}

}  // namespace

const Platform data_manager_status_platform{
    "data_manager_status", "events", "google", judge, answer, data_manager::ready_made};

}  // namespace sandbox
