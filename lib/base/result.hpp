#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pruuv {

// What kind of thing went wrong, as far as the caller can act on it. apps/ maps each to an exit
// code.
enum class ErrorKind {
  usage,          // the command line asks for something that makes no sense
  store_content,  // the store is corrupt, foreign, or an older copy of itself
  no_store,
  unavailable,  // a service that is needed does not answer
  bug,
  cannot_create,
  io,          // I/O error
  disk_full,   // as io, but may pass: another try can succeed
  try_again,   // another run holds the lock
  permission,  // a file is readable by people who should not read it
  config,
};

// An expected failure. `message` is lower case without a full stop: what was being done, then the
// cause. `hint` says what a person can do, empty when there is nothing. Neither ever holds a token
// or raw personal data.
struct Error {
  ErrorKind kind = ErrorKind::bug;
  std::string message;
  std::string hint = {};

  // Puts what the caller was doing in front: "import events.ndjson: " + message.
  [[nodiscard]] Error during(const std::string& doing) && {
    message = doing + ": " + message;
    return std::move(*this);
  }
};

struct Unexpected {
  Error error;
  explicit Unexpected(Error e) : error(std::move(e)) {}
};

// A value or an Error; spelled like std::expected, which g++ 12 does not have.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Unexpected failure)
      : state_(std::in_place_index<1>, std::move(failure.error)) {
  }  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Unexpected failure)
      : error_(std::move(failure.error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  void value() const {}

  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return *std::move(error_); }

 private:
  std::optional<Error> error_;
};

[[nodiscard]] inline Unexpected fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return Unexpected(Error{kind, std::move(message), std::move(hint)});
}

}  // namespace pruuv

#define PRUUV_CONCAT_(a, b) a##b
#define PRUUV_CONCAT(a, b) PRUUV_CONCAT_(a, b)

// Hands the error of a Result to the caller's caller; otherwise goes on.
#define PRUUV_TRY(expression)                                                       \
  do {                                                                              \
    auto pruuv_result = (expression);                                               \
    if (!pruuv_result) return ::pruuv::Unexpected(std::move(pruuv_result).error()); \
  } while (false)

// PRUUV_TRY_ASSIGN(auto row, read_row()): as PRUUV_TRY, and keeps the value.
#define PRUUV_TRY_ASSIGN(left, expression)                                                \
  auto PRUUV_CONCAT(pruuv_result_, __LINE__) = (expression);                              \
  if (!PRUUV_CONCAT(pruuv_result_, __LINE__))                                             \
    return ::pruuv::Unexpected(std::move(PRUUV_CONCAT(pruuv_result_, __LINE__)).error()); \
  left = std::move(PRUUV_CONCAT(pruuv_result_, __LINE__)).value()
