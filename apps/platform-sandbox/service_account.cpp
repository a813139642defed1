#include "service_account.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "rules.hpp"

namespace sandbox {
namespace {

constexpr unsigned key_bits = 2048;
constexpr std::string_view account_email = "sender@platform-sandbox.iam.gserviceaccount.com";
constexpr std::string_view account_key_id = "5a4db0c5e5a4db0c5e5a4db0c5e5a4db0c5e5a4d";

struct Deleter {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Memory = std::unique_ptr<BIO, Deleter>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()));
  if (!memory ||
      PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("writing the key of the service account");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

ServiceAccount::ServiceAccount(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}

ServiceAccount ServiceAccount::generate() {
  EVP_PKEY* key = EVP_RSA_gen(key_bits);
  if (key == nullptr) throw std::runtime_error("making the key of the service account");
  return ServiceAccount(key);
}

std::optional<ServiceAccount> ServiceAccount::parse(std::string_view key_file) {
  rapidjson::Document document;
  document.Parse(key_file.data(), key_file.size());
  if (document.HasParseError()) return std::nullopt;
  const std::string_view pem = find_text(document, "private_key");
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key =
      memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr) : nullptr;
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  return ServiceAccount(key);
}

std::string ServiceAccount::key_file() const {
  return fmt::format(
      "{{\"type\":\"service_account\",\"project_id\":\"platform-sandbox\",\"private_key_id\":{},"
      "\"private_key\":{},\"client_email\":{},\"client_id\":\"100000000000000000000\","
      "\"token_uri\":\"https://oauth2.googleapis.com/token\"}}\n",
      json_quoted(account_key_id), json_quoted(pem_of(key_.get())), json_quoted(account_email));
}

std::string_view ServiceAccount::email() const { return account_email; }
std::string_view ServiceAccount::key_id() const { return account_key_id; }

bool ServiceAccount::has_signed(std::string_view text, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  const bool good =
      context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                       text.size()) == 1;
  ERR_clear_error();
  return good;
}

std::string ServiceAccount::sign(std::string_view text) const {
  const Context context(EVP_MD_CTX_new());
  std::size_t size = key_bits / 8;
  std::string out(size, '\0');
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     bytes_of(text), text.size()) != 1) {
    throw std::runtime_error("signing as the service account");
  }
  out.resize(size);
  return out;
}

}  // namespace sandbox
