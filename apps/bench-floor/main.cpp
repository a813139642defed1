#include <cstdio>
#include <exception>
#include <functional>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "material.hpp"
#include "stages.hpp"

// Measures what the events of a store cost at the least: bench-floor --store ... prints JSON with
// the CPU seconds (user and system) of each stage. The store gets two tables more; give it a copy.
namespace {

using namespace pruuv::bench_floor;

struct Options {
  Place place;
  std::size_t turns = 1;
  std::size_t in_flight = 8;
};

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Stage {
  std::string_view name;
  double cpu_s = 0;
};

int run(const Options& options) {
  const auto prepared = prepare(options.place);
  if (!prepared) {
    fmt::print(stderr, "bench-floor: {}\n", prepared.error().message);
    return 1;
  }
  const Material& material = *prepared;
  load_phone_library();
  make_record_tables(options.place.store);

  std::vector<Stage> stages;
  const auto measure = [&](std::string_view name, const std::function<void()>& work) {
    const double begin = cpu_s();
    work();
    stages.push_back({name, cpu_s() - begin});
  };
  std::size_t read = 0;
  measure("read", [&] { read = read_events(options.place.store); });
  measure("hash", [&] { hash_texts(material.personal); });
  measure("phones", [&] { parse_phones(material.national); });
  measure("post", [&] { post_all(material.requests, options.place.ca_file, options.in_flight); });
  measure("records", [&] {
    write_records(options.place.store, {material.events, material.requests.size(), options.turns});
  });

  std::size_t bytes = 0;
  for (const pruuv::HttpRequest& request : material.requests) bytes += request.body.size();
  fmt::print(
      "{{\"events\":{},\"read\":{},\"requests\":{},\"body_bytes\":{},\"turns\":{},"
      "\"cpu_s\":{{",
      material.events, read, material.requests.size(), bytes, options.turns);
  double sum = 0;
  for (const Stage& stage : stages) {
    fmt::print("\"{}\":{:.6f},", stage.name, stage.cpu_s);
    sum += stage.cpu_s;
  }
  fmt::print("\"sum\":{:.6f}}}}}\n", sum);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The floor of scripts/bench: the work of a run without the program around it.");
  app.add_option("--store", options.place.store, "a copy: it gets two tables more")->required();
  app.add_option("--url", options.place.url, "of the platform sandbox")->required();
  app.add_option("--ca-file", options.place.ca_file, "the sandbox's certificate")->required();
  app.add_option("--turns", options.turns, "pairs of transactions for the records")
      ->check(CLI::PositiveNumber);
  app.add_option("--in-flight", options.in_flight, "requests at a time")
      ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench-floor: {}\n", error.what());
    return 1;
  }
}
