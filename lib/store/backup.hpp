#pragma once

#include <string>

#include "base/result.hpp"
#include "store/database.hpp"

namespace pruuv::store {

// A copy of the store as it is before migration `number`, beside it: <store>.before-0002, mode
// 0600, whole and on disk when this returns its path. One that is there already is never written
// over: the new one is called <store>.before-0002.1 and so on up to .9; after that error
// cannot_create. While it is being made it is called <store>.before.part. Under the store's lock.
Result<std::string> make_backup(Database& database, int number);

}  // namespace pruuv::store
