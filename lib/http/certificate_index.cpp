#include "http/certificate_index.hpp"

#include <string_view>
#include <utility>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace pruuv::http {
namespace {

using Bytes = std::span<const unsigned char>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Name = std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)>;

// What OpenSSL has to say of a file is no error of the connection that is being made.
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

// One element of DER: its tag if it is of the universal class, else 0.
struct Element {
  int tag;
  Bytes whole;
  Bytes content;
};

// Takes the first element off `rest`. None if there is no whole one, or it does not say how long it
// is, as DER always does.
std::optional<Element> take_element(Bytes& rest) {
  constexpr int fault_bit = 0x80;
  constexpr int indefinite_bit = 0x01;
  const unsigned char* at = rest.data();
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const int form = ASN1_get_object(&at, &length, &tag, &tag_class, static_cast<long>(rest.size()));
  if ((form & (fault_bit | indefinite_bit)) != 0) return std::nullopt;
  const auto head_bytes = static_cast<std::size_t>(at - rest.data());
  const auto content_bytes = static_cast<std::size_t>(length);
  const Element element{tag_class == V_ASN1_UNIVERSAL ? tag : 0,
                        rest.first(head_bytes + content_bytes),
                        rest.subspan(head_bytes, content_bytes)};
  rest = rest.subspan(element.whole.size());
  return element;
}

std::optional<Bytes> take(Bytes& rest, int tag) {
  const auto element = take_element(rest);
  if (!element || element->tag != tag) return std::nullopt;
  return element->content;
}

// The subject of a certificate, undecoded; none where the outline of RFC 5280, 4.1, is not there.
std::optional<Bytes> subject_of(Bytes der) {
  const auto certificate = take(der, V_ASN1_SEQUENCE);
  if (!certificate) return std::nullopt;
  Bytes parts = *certificate;
  const auto to_be_signed = take(parts, V_ASN1_SEQUENCE);
  if (!to_be_signed || !take(parts, V_ASN1_SEQUENCE) || !take(parts, V_ASN1_BIT_STRING) ||
      !parts.empty()) {
    return std::nullopt;
  }
  Bytes fields = *to_be_signed;
  Bytes after_version = fields;
  if (const auto version = take_element(after_version); version && version->tag == 0)
    fields = after_version;
  const bool has_head = take(fields, V_ASN1_INTEGER) &&   // serial number
                        take(fields, V_ASN1_SEQUENCE) &&  // signature algorithm
                        take(fields, V_ASN1_SEQUENCE) &&  // issuer
                        take(fields, V_ASN1_SEQUENCE);    // validity
  if (!has_head) return std::nullopt;
  const auto subject = take_element(fields);
  if (!subject || subject->tag != V_ASN1_SEQUENCE) return std::nullopt;
  if (!take(fields, V_ASN1_SEQUENCE)) return std::nullopt;  // public key
  while (!fields.empty())
    if (!take_element(fields)) return std::nullopt;  // unique ids, extensions
  return subject->whole;
}

std::optional<unsigned long> hash_of(const X509_NAME* name) {
  int worked = 0;
  const unsigned long hash = X509_NAME_hash_ex(name, nullptr, nullptr, &worked);
  if (worked != 1) return std::nullopt;
  return hash;
}

struct PemEntry {
  std::string label;
  bool has_header = false;
  std::vector<unsigned char> der;
};

std::optional<PemEntry> next_entry(BIO* file) {
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long bytes = 0;
  if (PEM_read_bio(file, &label, &header, &data, &bytes) != 1) return std::nullopt;
  PemEntry entry{label, *header != '\0', {data, data + bytes}};
  OPENSSL_free(label);
  OPENSSL_free(header);
  OPENSSL_free(data);
  return entry;
}

// Whether the last entry was followed by nothing, or nothing but text.
bool is_at_the_end() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

std::optional<CertificateIndex> CertificateIndex::read(const std::string& path) {
  const QuietErrors quiet;
  const Bio file(BIO_new_file(path.c_str(), "rb"), &BIO_free);
  if (file == nullptr) return std::nullopt;
  CertificateIndex index;
  while (const auto entry = next_entry(file.get())) {
    const bool is_plain = entry->label == PEM_STRING_X509 || entry->label == PEM_STRING_X509_OLD;
    if (!is_plain || entry->has_header || !index.add(entry->der)) return std::nullopt;
  }
  if (!is_at_the_end() || index.entries_.empty()) return std::nullopt;
  return index;
}

bool CertificateIndex::add(Bytes der) {
  const auto subject = subject_of(der);
  if (!subject) return false;
  const unsigned char* at = subject->data();
  const Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(subject->size())), &X509_NAME_free);
  if (name == nullptr) return false;
  const auto hash = hash_of(name.get());
  if (!hash) return false;
  entries_.push_back({*hash, der_.size(), der.size()});
  der_.insert(der_.end(), der.begin(), der.end());
  return true;
}

std::vector<Certificate> CertificateIndex::with_subject(const X509_NAME* subject) const {
  const QuietErrors quiet;
  std::vector<Certificate> found;
  const auto hash = hash_of(subject);
  for (const Entry& entry : entries_) {
    if (entry.subject_hash != hash) continue;
    const unsigned char* at = der_.data() + entry.begin;
    Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(entry.bytes)), &X509_free);
    if (certificate == nullptr) continue;
    if (X509_NAME_cmp(X509_get_subject_name(certificate.get()), subject) != 0) continue;
    found.push_back(std::move(certificate));
  }
  return found;
}

}  // namespace pruuv::http
