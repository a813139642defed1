#include "platforms/signals.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"

namespace pruuv::platforms {
namespace {

bool is_there(json::Value value, std::string_view path) {
  if (path.empty()) return value.exists();
  const auto point = path.find('.');
  std::string_view key = path.substr(0, point);
  const std::string_view rest =
      point == std::string_view::npos ? std::string_view() : path.substr(point + 1);
  if (!key.ends_with("[]")) return is_there(value[key], rest);
  key.remove_suffix(2);
  return std::ranges::any_of(value[key].items(),
                             [&](json::Value item) { return is_there(item, rest); });
}

bool has(json::Value root, std::string_view paths) {
  return std::ranges::any_of(split(paths, '|'), [&](std::string_view all_of) {
    return std::ranges::all_of(split(all_of, '+'),
                               [&](std::string_view path) { return is_there(root, path); });
  });
}

}  // namespace

std::vector<bool> signals_in(const Platform& adapter, std::string_view object) {
  const auto document = json::parse(object);
  const json::Value root = document ? document->root() : json::Value();
  std::vector<bool> out;
  out.reserve(adapter.signals.size());
  for (const SignalSpec& signal : adapter.signals) out.push_back(has(root, signal.paths));
  return out;
}

}  // namespace pruuv::platforms
