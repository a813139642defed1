#include "base/secret.hpp"

#include <string.h>  // explicit_bzero

namespace pruuv {

void Secret::wipe() noexcept {
  // Up to the capacity: a shorter text assigned later leaves the longer one's tail behind.
  text_.resize(text_.capacity());
  explicit_bzero(text_.data(), text_.size());
  text_.clear();
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = other.text_;
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

}  // namespace pruuv
