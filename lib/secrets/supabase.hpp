#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "secrets/place.hpp"

namespace pruuv::secrets {

// Supabase Vault behind PostgREST: one function that takes a name and gives the secret
// (`POST /rest/v1/rpc/<function>`; supabase.com/docs/guides/database/vault, docs.postgrest.org,
// "Functions as RPC"). Its answer is a JSON string, an object, or null where there is none of that
// name. Limits and failures are tried a few times with pauses.
class Supabase final : public Place {
 public:
  Supabase(config::SupabaseSettings settings, Loaded loaded);

  Answer ask(const Reference& reference, std::int64_t now_ms) override;
  std::optional<HttpRequest> next_call(std::int64_t number, std::int64_t now_ms) override;
  std::vector<Settled> take(std::int64_t number, const HttpResponse& response,
                            std::int64_t now_ms) override;
  std::optional<HttpRequest> farewell() override { return std::nullopt; }

 private:
  struct Read {
    Reference reference;
    int failures_before = 0;
  };

  Result<void> prepare();
  [[nodiscard]] HttpRequest request_for(const Reference& reference) const;
  std::vector<Settled> try_again(const HttpResponse& response, std::int64_t now_ms);
  std::vector<Settled> end_with(Reach reach, Error error);
  std::vector<Settled> settle_all(const Answer& answer);
  [[nodiscard]] Error error_of(ErrorKind kind, const std::string& cause, std::string hint) const;

  config::SupabaseSettings settings_;
  Loaded loaded_;
  Secret key_;
  std::optional<Failure> end_;
  int failures_ = 0;       // in a row
  int failures_ever_ = 0;  // in a row or not
  std::int64_t not_before_ms_ = 0;
  std::deque<Reference> waiting_;
  std::map<std::int64_t, Read> reads_;  // under way, by number
};

}  // namespace pruuv::secrets
