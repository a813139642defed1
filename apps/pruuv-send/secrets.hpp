#pragma once

#include <memory>

#include "audit/redact.hpp"
#include "context.hpp"
#include "http/client.hpp"
#include "secrets/keeper.hpp"
#include "store/database.hpp"

namespace pruuv::app {

// What reads the credentials of the store's connections, from all places the settings name. Every
// secret it loads is hidden by the redactor from then on. Context, database and redactor outlive
// it.
std::unique_ptr<secrets::Keeper> make_keeper(const Context& context, store::Database& database,
                                             audit::Redactor& redactor);

// Gives back what was lent, however the work ends.
class Farewell {
 public:
  Farewell(secrets::Keeper& keeper, http::Client& client) : keeper_(keeper), client_(client) {}
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;
  ~Farewell() { secrets::say_farewell(keeper_, client_); }

 private:
  secrets::Keeper& keeper_;
  http::Client& client_;
};

}  // namespace pruuv::app
