// The keys under testdata/keys were made for these tests and open nothing. encrypted.pem:
// passphrase "test".
#include "base/rsa.hpp"

#include "base/base64.hpp"
#include "testing/testing.hpp"

namespace pruuv {
namespace {

Secret key(const std::string& name) { return Secret(testing::read_testdata("keys/" + name)); }

// printf 'header.claims' | openssl dgst -sha256 -sign rsa_2048.pem
constexpr std::string_view signature_of_openssl =
    "moCsfq6WSRpihaalIoSETUVGNrUfiaZRbYcKo-h8J4X_QUy_y1Z-c1o9_VkQphIQBFgEEtp1Iys6HG5BT2f1vWjExyv_"
    "6vs69dUdoLl8veW7Q-8RnCdtEDFsDU3f6Oxafq-FxOu7jwKp04hvC_R3xWcB4XzebejI10udHqD6D22ueTFdTEw2ghnc"
    "nmX7MC1fCBtrldb2l6iOd2MATQGc_tR5udATloKpAjI1aSPtp4T4gqEo6VNb22U4oCdoCdAPhc87nmbIeOr_s4vqvqxr"
    "_XxOpY8ohpwv6YQ_wvYvcP-gyVSPDUvfuOv5QaDiEgE7e2ajBrlZGw2WVrMBB5_Ksw";

TEST_CASE("a signature is the one the openssl program makes, from either form of PEM") {
  for (const char* name : {"rsa_2048.pem", "rsa_2048_pkcs1.pem"}) {
    INFO(name);
    const auto signature = sign_rs256(key(name), "header.claims");
    REQUIRE(signature);
    CHECK(to_base64url(*signature) == signature_of_openssl);
    const auto other = sign_rs256(key(name), "header.claimz");
    REQUIRE(other);
    CHECK(*other != *signature);
  }
}

TEST_CASE("white space around a key does no harm") {
  const std::string pem = testing::read_testdata("keys/rsa_2048.pem");
  CHECK(check_rsa_private_key(Secret("\n" + pem + "\n\n")));
}

TEST_CASE("what is no key is refused without being quoted") {
  const std::string pem = testing::read_testdata("keys/rsa_2048.pem");
  struct Row {
    std::string text;
    std::string message;
  };
  const std::string no_key = "read private key: no key in PEM without a passphrase";
  for (const Row& row :
       {Row{"", no_key}, Row{"hush", no_key}, Row{std::string(pem.substr(0, 600)), no_key},
        Row{pem.substr(0, 60) + "hush" + pem.substr(64), no_key},
        Row{std::string(key("encrypted.pem").reveal()), no_key},
        Row{std::string(key("ec.pem").reveal()), "read private key: no RSA key"},
        Row{std::string(key("rsa_1024.pem").reveal()),
            "read private key: shorter than 2048 bits"}}) {
    INFO(row.message);
    const auto checked = check_rsa_private_key(Secret(row.text));
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::config);
    CHECK(checked.error().message == row.message);
    CHECK_FALSE(sign_rs256(Secret(row.text), "x"));
  }
}

}  // namespace
}  // namespace pruuv
