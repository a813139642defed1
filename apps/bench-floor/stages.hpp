#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "material.hpp"

// What no program that does this work can do without, each by itself and by the shortest way. Any
// failure is thrown as std::runtime_error: a figure of work not done is worth nothing.
namespace pruuv::bench_floor {

// Every event of the store, all columns of a run, one after the other; how many.
std::size_t read_events(const std::string& store);

// SHA-256 of each text.
void hash_texts(const std::vector<std::string>& texts);

// One parse each by libphonenumber, which is loaded before.
void load_phone_library();
void parse_phones(const std::vector<NationalPhone>& phones);

// Posts each request, `in_flight` at a time over kept connections; every answer must be a 200.
void post_all(const std::vector<HttpRequest>& requests, const std::string& ca_file,
              std::size_t in_flight);

// A row an event and a row a request, into tables of their own without an index, in so many
// transactions as the store is set to make them (journal mode), synchronous = FULL.
struct Rows {
  std::size_t events = 0;
  std::size_t requests = 0;
  std::size_t turns =
      1;  // two transactions each: the requests before they leave, their events after
};
void make_record_tables(const std::string& store);
void write_records(const std::string& store, const Rows& rows);

}  // namespace pruuv::bench_floor
