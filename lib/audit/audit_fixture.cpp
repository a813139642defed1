#include "audit/audit_fixture.hpp"

#include "store/runs.hpp"

namespace pruuv::audit::testing {

using namespace store::testing;

Audited::Audited() {
  add_events(*this, 10);
  meta = add_connection(*this, "meta", "main");
  tiktok = add_connection(*this, "tiktok", "main");
  run_id = value_of(store::begin_run(**this, "send", "0.1.0", now_s)).id;
}

std::int64_t Audited::open(std::int64_t connection, const std::vector<std::int64_t>& event_seqs,
                           std::int64_t at_s) const {
  OpenedRequest request;
  request.run = run_id;
  request.connection_id = connection;
  request.adapter = "meta";
  request.endpoint = "https://graph.example/v26.0/1/events";
  request.api_version = "v26.0";
  request.body_sha256 = sha256("body");
  request.body_bytes = 4;
  request.opened_at_ms = (now_s + at_s) * 1000;
  for (const std::int64_t seq : event_seqs) {
    request.manifest.push_back({seq, 1, "1:Lead", sha256(std::to_string(seq))});
  }
  return value_of(append_request_opened(**this, request));
}

void Audited::close(std::int64_t request, const std::vector<std::int64_t>& event_seqs,
                    AttemptStatus status) const {
  ClosedRequest closed;
  closed.request_id = request;
  closed.run = run_id;
  closed.closed_at_ms = (now_s + 1) * 1000;
  closed.status = 200;
  closed.bytes_sent = true;
  closed.trace_id = "AbCdEf";
  for (const std::int64_t seq : event_seqs) {
    AttemptRecord attempt;
    attempt.event_seq = seq;
    attempt.status = status;
    if (status == AttemptStatus::rejected) attempt.error = "100/2804003";
    closed.attempts.push_back(attempt);
  }
  must(append_request_closed(**this, closed));
}

void Audited::act(const std::string& action) const {
  must(append_operator_action(**this, {now_s * 1000, action, "root", R"({"events":1})"}));
}

}  // namespace pruuv::audit::testing
