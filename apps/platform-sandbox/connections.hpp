#pragma once

#include <cstdint>
#include <mutex>
#include <set>

#include <openssl/ssl.h>

namespace sandbox {

/// The sockets of the open TLS connections. The HTTP library lends none of them, but stopping must
/// not wait until idle clients hang up. Safe to use from several threads.
class Connections {
 public:
  Connections() = default;
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// Watches every connection made with this context; must outlive it.
  void watch(SSL_CTX& context);

  /// Ends reading on all of them: idle ones end at once, an answer under way may be cut off.
  void end_reading();

  [[nodiscard]] std::uint64_t opened() const;  ///< since the start

 private:
  struct Entry;
  static void on_event(const SSL* ssl, int where, int result);
  static void on_free(void* parent, void* pointer, CRYPTO_EX_DATA* data, int index, long number,
                      void* argument);
  static int context_index();
  static int connection_index();

  mutable std::mutex mutex_;
  std::set<int> sockets_;
  std::uint64_t opened_ = 0;
  bool ended_ = false;
};

}  // namespace sandbox
