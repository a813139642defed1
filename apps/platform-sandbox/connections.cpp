#include "connections.hpp"

#include <sys/socket.h>

namespace sandbox {

struct Connections::Entry {
  Connections* owner;
  int socket;
};

int Connections::context_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int Connections::connection_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, on_free);
  return index;
}

void Connections::watch(SSL_CTX& context) {
  connection_index();
  SSL_CTX_set_ex_data(&context, context_index(), this);
  SSL_CTX_set_info_callback(&context, on_event);
}

void Connections::on_event(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_HANDSHAKE_START) == 0) return;
  // TLS 1.3 starts "handshakes" again on an open connection.
  if (SSL_get_ex_data(ssl, connection_index()) != nullptr) return;
  auto* const self =
      static_cast<Connections*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_index()));
  auto* const entry = new Entry{self, SSL_get_fd(ssl)};
  SSL_set_ex_data(const_cast<SSL*>(ssl), connection_index(), entry);  // OpenSSL lends it const
  const std::lock_guard lock(self->mutex_);
  ++self->opened_;
  self->sockets_.insert(entry->socket);
  if (self->ended_) ::shutdown(entry->socket, SHUT_RD);
}

// OpenSSL calls this when the connection is freed, which the HTTP library does before it closes the
// socket: the number cannot belong to another connection yet.
void Connections::on_free(void*, void* pointer, CRYPTO_EX_DATA*, int, long, void*) {
  auto* const entry = static_cast<Entry*>(pointer);
  if (entry == nullptr) return;
  {
    const std::lock_guard lock(entry->owner->mutex_);
    entry->owner->sockets_.erase(entry->socket);
  }
  delete entry;
}

void Connections::end_reading() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RD);
}

std::uint64_t Connections::opened() const {
  const std::lock_guard lock(mutex_);
  return opened_;
}

}  // namespace sandbox
