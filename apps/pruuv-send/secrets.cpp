#include "secrets.hpp"

#include <utility>

#include "secrets/sealed.hpp"
#include "secrets/source.hpp"
#include "store/schema.hpp"

namespace pruuv::app {

std::unique_ptr<secrets::Keeper> make_keeper(const Context& context, store::Database& database,
                                             audit::Redactor& redactor) {
  secrets::Places places;
  const auto ring = std::make_shared<secrets::KeyRing>(context.config.sealing_key_file);
  places.here = [&database, ring](const secrets::Reference& reference) -> Result<Secret> {
    if (reference.scheme != secrets::Scheme::sealed) return secrets::read(reference);
    PRUUV_TRY_ASSIGN(const store::StoreInfo info, store::load_store_info(database));
    return secrets::read_sealed(database, info.store_id, *ring, reference.name);
  };
  places.vault = context.config.vault;
  places.supabase = context.config.supabase;
  return std::make_unique<secrets::Keeper>(
      std::move(places), *context.clock,
      [&redactor](const Secret& secret) { redactor.add_secret(secret); });
}

}  // namespace pruuv::app
