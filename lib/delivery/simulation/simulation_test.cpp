#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "delivery/simulation/world.hpp"
#include "store/schema.hpp"
#include "testing/testing.hpp"

using namespace pruuv;
using delivery::simulation::Setting;
using delivery::simulation::Violation;
using delivery::simulation::World;

namespace {

constexpr std::int64_t seeds_usually = PRUUV_SIMULATION_SEEDS;

std::string environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string() : std::string(text);
}

std::int64_t number_in_environment(const char* name, std::int64_t otherwise) {
  return parse_int64(environment(name)).value_or(otherwise);
}

// Makes stores by copying an empty one.
class StoreMaker {
 public:
  StoreMaker() { REQUIRE(store::create_store(empty_, 1'795'000'000)); }
  std::string make() {
    const std::string path = folder_.file("store.db");
    std::filesystem::remove(path + "-journal");
    std::filesystem::copy_file(empty_, path, std::filesystem::copy_options::overwrite_existing);
    return path;
  }

 private:
  testing::TempDir folder_;
  std::string empty_ = folder_.file("empty.db");
};

using Simulate = void (World::*)();

// What is wrong with the week of that seed; "" = nothing.
std::string fault_of(StoreMaker& stores, std::uint64_t seed, Simulate simulate, bool is_traced) {
  Setting setting;
  setting.seed = seed;
  setting.store_path = stores.make();
  setting.without = environment("PRUUV_WITHOUT");
  if (is_traced)
    setting.trace = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  int night = 0;
  try {
    World world(setting);
    try {
      (world.*simulate)();
    } catch (const Violation& violation) {
      night = world.night();
      throw;
    }
  } catch (const Violation& violation) {
    return fmt::format("simulation: seed {}, night {}: {}\n  alone: PRUUV_SEED={} PRUUV_SEEDS=1",
                       seed, night, violation.what, seed);
  }
  return {};
}

void run_seeds(Simulate simulate, std::int64_t count) {
  StoreMaker stores;
  const std::int64_t first = number_in_environment("PRUUV_SEED", 1);
  const bool is_alone = !environment("PRUUV_SEED").empty() && count == 1;
  constexpr int faults_max = 5;
  int faults = 0;
  for (std::int64_t seed = first; seed < first + count && faults < faults_max; ++seed) {
    const std::string fault =
        fault_of(stores, static_cast<std::uint64_t>(seed), simulate, is_alone);
    if (fault.empty()) continue;
    ++faults;
    // Not through Catch, which would break the line.
    std::fprintf(stderr, "%s\n", fault.c_str());
    CHECK(fault.empty());
  }
}

}  // namespace

TEST_CASE("a week of trouble loses nothing, doubles nothing and comes to an end", "[week]") {
  run_seeds(&World::simulate, number_in_environment("PRUUV_SEEDS", seeds_usually));
}

TEST_CASE("one bad event that nobody names is found by halving", "[search]") {
  run_seeds(&World::simulate_search, number_in_environment("PRUUV_SEEDS", seeds_usually));
}

TEST_CASE("the same seed is the same week", "[same]") {
  StoreMaker stores;
  for (const std::uint64_t seed : {7U, 8U}) {
    std::uint64_t fingerprints[2] = {};
    for (std::uint64_t& fingerprint : fingerprints) {
      Setting setting;
      setting.seed = seed;
      setting.store_path = stores.make();
      World world(setting);
      try {
        world.simulate();
      } catch (const Violation&) {
        // The other tests say so.
      }
      fingerprint = world.fingerprint();
    }
    CHECK(fingerprints[0] == fingerprints[1]);
  }
}
