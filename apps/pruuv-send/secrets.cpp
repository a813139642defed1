#include "secrets.hpp"

#include <utility>

#include "secrets/source.hpp"

namespace pruuv::app {

std::unique_ptr<secrets::Keeper> make_keeper(const Context& context, store::Database& /*database*/,
                                             audit::Redactor& redactor) {
  secrets::Places places;
  places.here = [](const secrets::Reference& reference) -> Result<Secret> {
    return secrets::read(reference);
  };
  places.vault = context.config.vault;
  places.supabase = context.config.supabase;
  return std::make_unique<secrets::Keeper>(
      std::move(places), *context.clock,
      [&redactor](const Secret& secret) { redactor.add_secret(secret); });
}

}  // namespace pruuv::app
