#include "secrets/keeper.hpp"

#include <algorithm>
#include <utility>

#include "secrets/supabase.hpp"
#include "secrets/vault.hpp"

namespace pruuv::secrets {
namespace {

// A key file that others may read stops all that is sealed with it; elsewhere each secret has its
// own file.
Reach reach_of(const Reference& reference, const Error& error) {
  const bool is_shared = reference.scheme == Scheme::sealed && error.kind == ErrorKind::permission;
  return is_shared ? Reach::place : Reach::reference;
}

}  // namespace

Keeper::Keeper(Places places, const Clock& clock, Loaded loaded)
    : here_(std::move(places.here)),
      clock_(clock),
      loaded_(loaded ? std::move(loaded) : [](const Secret&) {}),
      vault_(std::make_unique<Vault>(std::move(places.vault), loaded_)),
      supabase_(std::make_unique<Supabase>(std::move(places.supabase), loaded_)) {}

Keeper::~Keeper() = default;

Place* Keeper::place_of(Scheme scheme) {
  if (scheme == Scheme::vault) return vault_.get();
  if (scheme == Scheme::supabase) return supabase_.get();
  return nullptr;
}

Answer Keeper::ask(const std::string& reference) {
  const std::int64_t now_ms = clock_.steady_ms();
  const auto known = answers_.find(reference);
  const bool is_over = known != answers_.end() && known->second.state == Answer::State::paused &&
                       known->second.again_ms <= now_ms;
  if (known != answers_.end() && !is_over) return known->second;
  auto parsed = parse_reference(reference);
  if (!parsed) return Answer::failed(Reach::reference, std::move(parsed).error());
  Answer answer;
  if (Place* place = place_of(parsed->scheme)) {
    answer = place->ask(*parsed, now_ms);
  } else if (auto secret = here_(*parsed)) {
    answer = Answer::ready(std::move(*secret));
  } else {
    answer = Answer::failed(reach_of(*parsed, secret.error()), std::move(secret).error());
  }
  if (answer.state == Answer::State::ready) loaded_(answer.secret);
  return answers_[reference] = std::move(answer);
}

void Keeper::forget(const std::string& reference) { answers_.erase(reference); }

std::optional<std::int64_t> Keeper::vault_token_ends_ms() const { return vault_->token_ends_ms(); }

std::optional<Keeper::Call> Keeper::next_call() {
  for (Place* place : {place_of(Scheme::vault), place_of(Scheme::supabase)}) {
    auto request = place->next_call(next_number_, clock_.steady_ms());
    if (!request) continue;
    calls_.emplace(next_number_, place);
    return Call{next_number_++, std::move(*request)};
  }
  return std::nullopt;
}

std::vector<Keeper::Again> Keeper::take(std::int64_t number, const HttpResponse& response) {
  const auto call = calls_.extract(number);
  std::vector<Again> again;
  for (Settled& settled : call.mapped()->take(number, response, clock_.steady_ms())) {
    if (settled.answer.state == Answer::State::ready) loaded_(settled.answer.secret);
    again.push_back({settled.reference, settled.answer.again_ms});
    answers_[settled.reference] = std::move(settled.answer);
  }
  return again;
}

std::vector<HttpRequest> Keeper::farewells() {
  std::vector<HttpRequest> out;
  for (Place* place : {place_of(Scheme::vault), place_of(Scheme::supabase)}) {
    if (auto request = place->farewell()) out.push_back(std::move(*request));
  }
  return out;
}

Answer read_now(Keeper& keeper, http::Client& client, Clock& clock, const std::string& reference) {
  constexpr int wait_ms = 1000;
  for (;;) {
    Answer answer = keeper.ask(reference);
    if (answer.state == Answer::State::ready || answer.state == Answer::State::failed)
      return answer;
    while (auto call = keeper.next_call()) {
      const std::int64_t number = call->number;
      if (auto started = client.start(number, std::move(call->request)); !started)
        keeper.take(number, http::not_started(started.error()));
    }
    if (client.in_flight() > 0) {
      for (const http::Client::Completed& completed : client.wait(wait_ms))
        keeper.take(completed.id, completed.response);
    } else if (answer.state == Answer::State::paused) {
      clock.sleep_ms(std::max<std::int64_t>(0, answer.again_ms - clock.steady_ms()));
    }
  }
}

void say_farewell(Keeper& keeper, http::Client& client) {
  if (client.in_flight() > 0) client.abort();
  for (HttpRequest& request : keeper.farewells()) http::perform(client, std::move(request));
}

}  // namespace pruuv::secrets
