#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delivery/simulation/climate.hpp"
#include "delivery/simulation/fleet.hpp"
#include "delivery/simulation/parcel.hpp"
#include "delivery/simulation/vendor_answers.hpp"
#include "delivery/simulation/weather.hpp"
#include "model/http_message.hpp"

// The platforms: they look at what arrives, keep it or not, and answer.
namespace pruuv::delivery::simulation {

// What the answer, once it is read, lets the program know of an event.
enum class Told : std::uint8_t { taken, not_taken, unknown };

// Who stands in the way of a request, beyond its events.
enum class Trouble : std::uint8_t { none, connection, credential, adapter };

struct Reply {
  HttpResponse response;
  std::int64_t latency_ms = 0;
  bool has_arrived = true;        // bytes reached the platform
  bool is_refused_start = false;  // Client::start is to refuse the request
  std::vector<bool> kept;         // one an event: the platform has it
  std::vector<Told> told;         // one an event
  std::vector<bool> own_fault;    // one an event: a failure that passes, of the event itself
  Trouble trouble = Trouble::none;
  bool has_failed = false;  // for other reasons than its events: sent again, it is a retry
  bool is_dead_token = false;
  std::optional<std::int64_t> asked_s;  // wait so long before the connection's next request
};

class StandIns {
 public:
  StandIns(const Fleet& fleet, const Weather& weather, const Climate& climate, Dice& dice)
      : fleet_(fleet), weather_(weather), climate_(climate), dice_(dice) {}

  [[nodiscard]] Reply receive(const Parcel& parcel, const FleetConnection& connection,
                              std::int64_t now_ms);
  // An access token for a refresh token ("refresh-" and the credential).
  [[nodiscard]] Reply give_token(const std::string& refresh_token, std::int64_t now_ms);

  // Whose access token it is, "" for nobody's; whether it still lives.
  struct Owner {
    std::string credential;
    std::int64_t until_ms = 0;
  };
  [[nodiscard]] Owner owner_of(Vendor vendor, const std::string& token) const;

 private:
  std::optional<Reply> fail(const Parcel& parcel, const FleetConnection& connection,
                            std::int64_t now_ms);
  std::optional<Reply> fail_before(const Spell& spell, const Parcel& parcel);
  std::optional<Reply> throttle(const Spell& spell, const Parcel& parcel);
  Reply take(const Parcel& parcel, std::int64_t now_ms);
  std::vector<Row> look_at(const Parcel& parcel, std::int64_t now_ms);
  void keep(const Parcel& parcel, std::size_t index, Reply& reply, bool anew);
  void lose_answer(const Parcel& parcel, Reply& reply);
  Reply plain(const Parcel& parcel, HttpResponse response, Told told);
  std::int64_t latency_ms();

  const Fleet& fleet_;
  const Weather& weather_;
  const Climate& climate_;
  Dice& dice_;
  int tokens_ = 0;
  std::map<std::string, Owner> access_tokens_;
  // Google keeps order ids for ever: scope and event id.
  std::map<std::pair<std::string, std::string>, bool> kept_by_google_;
};

}  // namespace pruuv::delivery::simulation
