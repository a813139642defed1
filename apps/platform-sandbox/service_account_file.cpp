#include <fstream>
#include <iterator>

#include "files.hpp"
#include "service_account.hpp"

namespace sandbox {

ServiceAccount ensure_service_account(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "service-account.json";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (auto account = ServiceAccount::parse(text)) return *account;
  ServiceAccount account = ServiceAccount::generate();
  write_file(path, account.key_file(), 0600);
  return account;
}

}  // namespace sandbox
