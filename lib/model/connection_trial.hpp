#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/connection.hpp"

namespace pruuv {

// What a try of one connection that counts nothing came to. Texts are redacted.
struct ConnectionTrial {
  Connection connection;
  std::vector<std::string_view> fine;  // what was seen to be in order, in plain words
  std::string fault;             // "" = nothing failed; else the first thing that did, and why
  std::string_view reason;       // the fault's stable word; "" where none fits
  std::string advice;            // what a person can do about the fault
  bool may_pass = false;         // the fault is one of the moment: no answer, a busy service
  std::string remark;            // said by the platform of the made-up event alone
  std::string_view not_checked;  // what such a try cannot find out
  std::string next;              // what a person can do to find it out
};

}  // namespace pruuv
