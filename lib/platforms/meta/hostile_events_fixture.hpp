#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"
#include "model/event.hpp"

// Random events as no collector should write them: for this folder's tests only.
namespace pruuv::platforms::meta {

struct HostileEvent {
  FunnelEvent event;
  Connection connection;
  // Lower case: what must not stand in the body, whatever its case.
  std::vector<std::string> secrets;
};

class HostileEvents {
 public:
  explicit HostileEvents(std::uint64_t seed) : dice_(seed) {}

  [[nodiscard]] HostileEvent next();

 private:
  struct Customer {
    std::string email, phone, phone_digits, first_name, last_name;
  };

  bool happens(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  std::size_t below(std::size_t end) { return dice_() % end; }
  std::string digits(std::size_t count);
  template <typename List>
  std::string_view one_of(const List& list) {
    return list[below(list.size())];
  }

  Customer make_customer();
  Connection make_connection();
  std::string make_extra(const Customer& customer);
  std::string garbage();
  std::string personal_text(const Customer& customer);
  std::string good_detail(std::string_view key);
  std::string detail(std::string_view key, const Customer& customer);
  std::string original_event(const Customer& customer);
  std::string contents(const Customer& customer);
  void fill_columns(FunnelEvent& event, const Customer& customer);
  void fill_click_ids(FunnelEvent& event);
  void fill_places_for_text(FunnelEvent& event, const Customer& customer);

  std::mt19937_64 dice_;
  std::uint64_t made_ = 0;
};

}  // namespace pruuv::platforms::meta
