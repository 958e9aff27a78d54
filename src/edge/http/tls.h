// TLS as a filter: ciphertext in and out, plaintext in and out, over OpenSSL's memory buffers. TLS 1.2
// and 1.3, forward- secret authenticated suites only, no renegotiation, no compression. Called by Peer. The
// only door to libssl. Never touches a socket, never logs, never accepts early data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::http {

// A server's certificate chain and key; new sessions use what was last loaded.
class TlsContext {
 public:
  // PEM files; the key must fit the certificate.
  static core::Result<std::unique_ptr<TlsContext>> load(const std::string& certificate_file,
                                                        const std::string& key_file);
  // PEM texts; for tests and for keys that come from elsewhere.
  static core::Result<std::unique_ptr<TlsContext>> from_pem(std::string_view certificate,
                                                            std::string_view key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Reads the files again. On an error the present certificate stays in use.
  core::Status reload();

 private:
  friend class TlsSession;
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TlsSession {
 public:
  // A server's side.
  explicit TlsSession(const TlsContext& context);
  // A client's side, for tests: trusts the certificate in `trusted_pem` alone and checks `host` against it.
  static TlsSession client(std::string_view trusted_pem, const std::string& host);
  ~TlsSession();
  TlsSession(TlsSession&&) noexcept;
  TlsSession& operator=(TlsSession&&) noexcept;

  // Bytes from the wire; goes on with the handshake and appends what they say to `plaintext`.
  // False where the session is broken: send output() (an alert), then close.
  bool receive(std::string_view ciphertext, std::string& plaintext);
  // Encrypts; only after the handshake. False where the session is broken.
  bool write(std::string_view plaintext);
  // Says goodbye (close_notify).
  void end();

  bool established() const;
  bool ended() const;  // the peer said goodbye
  // What is to be sent; `sent` says how much of it was.
  std::string_view output() const;
  void sent(std::size_t bytes);
  // "TLSv1.3" and the like, once established.
  std::string version() const;

 private:
  struct State;
  explicit TlsSession(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tillwatch::http
