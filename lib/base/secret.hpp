#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace pruuv {

// A token or key. It cannot be printed by accident (fmt prints ***, there is no operator<<), and
// its bytes are wiped when it goes away. reveal() is for the few places that put it on the wire.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept;

  std::string text_;
};

}  // namespace pruuv

template <>
struct fmt::formatter<pruuv::Secret> : fmt::formatter<std::string_view> {
  template <typename FormatContext>
  auto format(const pruuv::Secret&, FormatContext& context) const {
    return fmt::formatter<std::string_view>::format("***", context);
  }
};
