#include "http/certificate_index.hpp"

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "http/test_ca.hpp"
#include "testing/testing.hpp"

namespace pruuv::http {
namespace {

using testing::TestCa;

struct Scene {
  pruuv::testing::TempDir folder;
  TestCa first{"first authority"};
  TestCa second{"second authority"};

  std::optional<CertificateIndex> read(const std::string& text) const {
    std::ofstream(folder.file("ca.pem"), std::ios::binary) << text;
    return CertificateIndex::read(folder.file("ca.pem"));
  }
};

const X509_NAME* subject_of(const TestCa& ca) { return X509_get_subject_name(ca.certificate()); }

bool is_one_of(const std::vector<Certificate>& found, X509* wanted) {
  for (const Certificate& one : found)
    if (X509_cmp(one.get(), wanted) == 0) return true;
  return false;
}

// An entry whose base64 is right, whatever it says.
std::string entry(const std::string& der) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  const std::basic_string<unsigned char> bytes(der.begin(), der.end());
  PEM_write_bio(out.get(), PEM_STRING_X509, "", bytes.data(), static_cast<long>(bytes.size()));
  char* data = nullptr;
  const long count = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(count)};
}

std::string der_of(const TestCa& ca) {
  unsigned char* bytes = nullptr;
  const int count = i2d_X509(ca.certificate(), &bytes);
  const std::string der(bytes, bytes + count);
  OPENSSL_free(bytes);
  return der;
}

// Makes the element at `head` say that it is longer than it was.
void lengthen(std::string& der, std::size_t head, unsigned by) {
  REQUIRE(der.at(head + 1) == '\x82');  // two bytes of length follow
  const auto high = static_cast<unsigned char>(der[head + 2]);
  const auto low = static_cast<unsigned char>(der[head + 3]);
  const unsigned old = high * 256U + low;
  der[head + 2] = static_cast<char>((old + by) >> 8U);
  der[head + 3] = static_cast<char>((old + by) & 0xFFU);
}

// Where the element with the extensions begins.
std::size_t extensions_in(const std::string& der) {
  return der.rfind('\xa3', der.find("\x55\x1d\x0e"));
}

}  // namespace

TEST_CASE("a certificate is found by its subject, among others") {
  const Scene scene;
  const auto index = scene.read(scene.first.pem() + scene.second.pem());
  REQUIRE(index);
  CHECK(index->size() == 2);
  const auto found = index->with_subject(subject_of(scene.second));
  REQUIRE(found.size() == 1);
  CHECK(X509_cmp(found.front().get(), scene.second.certificate()) == 0);
  CHECK(index->with_subject(subject_of(TestCa("third authority"))).empty());
}

TEST_CASE("all with the same subject are found, in the order of the file") {
  const Scene scene;
  const TestCa renewed = scene.first.renewed("first authority", 100);
  const TestCa twin("first authority");
  const auto index =
      scene.read(renewed.pem() + scene.second.pem() + scene.first.pem() + twin.pem());
  REQUIRE(index);
  const auto found = index->with_subject(subject_of(twin));
  REQUIRE(found.size() == 3);
  CHECK(X509_cmp(found[0].get(), renewed.certificate()) == 0);
  CHECK(X509_cmp(found[1].get(), scene.first.certificate()) == 0);
  CHECK(X509_cmp(found[2].get(), twin.certificate()) == 0);
}

TEST_CASE("a subject is compared as OpenSSL compares names: without case and double spaces") {
  const Scene scene;
  const auto index = scene.read(scene.first.pem());
  REQUIRE(index);
  CHECK(index->with_subject(subject_of(TestCa("First  AUTHORITY"))).size() == 1);
  CHECK(index->with_subject(subject_of(TestCa("firstauthority"))).empty());
}

TEST_CASE("subjects whose short hashes are the same by chance are told apart") {
  const Scene scene;
  const TestCa one("authority 27329");
  const TestCa other("authority 51133");
  REQUIRE(X509_NAME_hash_ex(subject_of(one), nullptr, nullptr, nullptr) ==
          X509_NAME_hash_ex(subject_of(other), nullptr, nullptr, nullptr));
  const auto index = scene.read(one.pem() + other.pem());
  REQUIRE(index);
  const auto found = index->with_subject(subject_of(other));
  REQUIRE(found.size() == 1);
  CHECK(X509_cmp(found.front().get(), other.certificate()) == 0);
}

TEST_CASE("a file may have text between the entries and end without a newline") {
  const Scene scene;
  std::string text = "# first\n" + scene.first.pem() + "\n\nsecond\n" + scene.second.pem();
  SECTION("as it is") {}
  SECTION("no newline at the end") { text.pop_back(); }
  SECTION("text at the end") { text += "the end"; }
  SECTION("CRLF") {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
      text.insert(at, 1, '\r');
  }
  const auto index = scene.read(text);
  REQUIRE(index);
  CHECK(index->size() == 2);
  CHECK(index->with_subject(subject_of(scene.second)).size() == 1);
}

TEST_CASE("the old label of a certificate is known") {
  const Scene scene;
  std::string text = scene.first.pem();
  for (std::size_t at = 0; (at = text.find(" CERTIFICATE", at)) != std::string::npos; at += 10)
    text.insert(at, " X509");
  const auto index = scene.read(text);
  REQUIRE(index);
  CHECK(index->with_subject(subject_of(scene.first)).size() == 1);
}

TEST_CASE("what is not all plain certificates is not read") {
  const Scene scene;
  const std::string good = scene.first.pem();
  std::string der = der_of(scene.second);
  std::string text;
  SECTION("nothing") { text = ""; }
  SECTION("only text") { text = "no certificates\n"; }
  SECTION("a key") { text = good + scene.first.key_pem(); }
  SECTION("a list of revoked ones") { text = good + scene.first.crl_pem(); }
  SECTION("no end") { text = good + good.substr(0, good.size() / 2); }
  SECTION("no base64") {
    text = good + "-----BEGIN CERTIFICATE-----\n$%&/\n-----END CERTIFICATE-----\n";
  }
  SECTION("an entry with a header") {
    text = good;
    text.insert(text.find('\n') + 1, "Proc-Type: 4,ENCRYPTED\n\n");
  }
  SECTION("an entry that is empty") { text = good + entry(""); }
  SECTION("a number") { text = good + entry("\x02\x01\x05"); }
  SECTION("a certificate cut short") { text = good + entry(der.substr(0, der.size() - 1)); }
  SECTION("a line missing") { text = good + entry(der.substr(0, 100) + der.substr(148)); }
  SECTION("a certificate of no certain length") {
    der[1] = '\x80';
    text = good + entry(der);
  }
  SECTION("extensions of no certain length") {
    const std::size_t at = extensions_in(der);
    const auto bytes = static_cast<unsigned char>(der.at(at + 1));
    der[at + 1] = '\x80';
    der.insert(at + 2 + bytes, "\0\0", 2);
    lengthen(der, 4, 2);
    lengthen(der, 0, 2);
    text = good + entry(der);
  }
  SECTION("something behind the signature") {
    lengthen(der, 0, 2);
    text = good + entry(der + std::string("\x05\x00", 2));
  }
  SECTION("a serial number that is none") {
    der[der.find("\x02\x01\x01")] = '\x04';
    text = good + entry(der);
  }
  SECTION("extensions that are longer than the rest") {
    ++der[extensions_in(der) + 1];
    text = good + entry(der);
  }
  SECTION("a subject that is no name") {
    // Both names are the same, and the second is the subject: its set becomes a sequence.
    der[der.rfind("\x31", der.rfind("second authority"))] = '\x30';
    text = good + entry(der);
  }
  CHECK_FALSE(scene.read(text));
}

TEST_CASE("a file that is not there, and a folder, are not read") {
  const pruuv::testing::TempDir folder;
  CHECK_FALSE(CertificateIndex::read(folder.file("absent.pem")));
  CHECK_FALSE(CertificateIndex::read(folder.path().string()));
}

TEST_CASE("a certificate that is damaged within is not found, the others are") {
  const Scene scene;
  std::string der = der_of(scene.second);
  der[der.rfind("\x55\x1d\x0f") - 2] = '\x7f';  // the tag of the id of an extension
  const auto alone = scene.read(entry(der) + scene.first.pem());
  REQUIRE(alone);
  CHECK(alone->with_subject(subject_of(scene.second)).empty());
  CHECK(alone->with_subject(subject_of(scene.first)).size() == 1);
  const auto beside_a_good_one = scene.read(entry(der) + scene.second.pem());
  REQUIRE(beside_a_good_one);
  CHECK(beside_a_good_one->with_subject(subject_of(scene.second)).size() == 1);
}

TEST_CASE("OpenSSL's list of errors stays as it was") {
  const Scene scene;
  ERR_clear_error();
  ERR_raise(ERR_LIB_USER, 7);
  CHECK_FALSE(scene.read(scene.first.pem() + scene.first.key_pem()));
  const auto index = scene.read(scene.first.pem());
  REQUIRE(index);
  CHECK(index->with_subject(subject_of(scene.second)).empty());
  CHECK(ERR_GET_REASON(ERR_get_error()) == 7);
  CHECK(ERR_get_error() == 0);
}

TEST_CASE("each certificate of the system's list is found") {
  const char* path = curl_version_info(CURLVERSION_NOW)->cainfo;
  REQUIRE(path != nullptr);
  const auto index = CertificateIndex::read(path);
  REQUIRE(index);
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path, "rb"), &BIO_free);
  std::size_t count = 0;
  while (
      const Certificate one{PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr), &X509_free}) {
    ++count;
    CHECK(is_one_of(index->with_subject(X509_get_subject_name(one.get())), one.get()));
  }
  ERR_clear_error();
  CHECK(index->size() == count);
}

}  // namespace pruuv::http
