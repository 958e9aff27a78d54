#include "http/tls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>
#include <iterator>

#include "core/check.h"

namespace tillwatch::http {

namespace {

using core::ErrorCode;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using ContextPtr = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Deleter<SSL_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

constexpr std::size_t record_bytes = 16 * 1024;
constexpr const char* suites_of_tls12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

std::string library_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

std::unexpected<core::Error> refuse(const std::string& where, const std::string& what) {
  return core::fail(ErrorCode::invalid, where, what + " (" + library_reason() + ")");
}

BioPtr memory_of(std::string_view text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  CHECK(bio != nullptr);
  return bio;
}

// An encrypted key would make OpenSSL ask at the terminal: refused instead.
int no_password(char*, int, int, void*) {
  return -1;
}

ContextPtr plain_context(const SSL_METHOD* method) {
  ContextPtr context(SSL_CTX_new(method));
  CHECK(context != nullptr);
  CHECK(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1);
  CHECK(SSL_CTX_set_cipher_list(context.get(), suites_of_tls12) == 1);
  // Requests hold card numbers: what OpenSSL decrypted is overwritten in its own buffers once it was read.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_CLEANSE_PLAINTEXT);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

core::Result<ContextPtr> server_context(std::string_view certificate, std::string_view key,
                                        const std::string& where) {
  ContextPtr context = plain_context(TLS_server_method());
  const BioPtr chain = memory_of(certificate);
  const CertificatePtr leaf(PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr));
  if (leaf == nullptr || SSL_CTX_use_certificate(context.get(), leaf.get()) != 1) {
    return refuse(where, "not a PEM certificate");
  }
  for (;;) {
    CertificatePtr next(PEM_read_bio_X509(chain.get(), nullptr, no_password, nullptr));
    if (next == nullptr) break;
    if (SSL_CTX_add0_chain_cert(context.get(), next.get()) != 1)
      return refuse(where, "the certificate chain is not usable");
    static_cast<void>(next.release());  // the context owns it now
  }
  ERR_clear_error();
  const BioPtr key_text = memory_of(key);
  const KeyPtr secret(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr));
  if (secret == nullptr) return refuse(where, "not an unencrypted PEM private key");
  if (SSL_CTX_use_PrivateKey(context.get(), secret.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return refuse(where, "the private key does not fit the certificate");
  }
  static constexpr unsigned char session_scope[] = "tillwatch";
  CHECK(SSL_CTX_set_session_id_context(context.get(), session_scope, sizeof session_scope - 1) == 1);
  return context;
}

core::Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return core::fail(ErrorCode::not_found, path, "the file cannot be opened");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

struct TlsContext::State {
  std::string certificate_file, key_file;
  ContextPtr context;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

core::Result<std::unique_ptr<TlsContext>> TlsContext::load(const std::string& certificate_file,
                                                           const std::string& key_file) {
  std::unique_ptr<TlsContext> context(new TlsContext(std::make_unique<State>()));
  context->state_->certificate_file = certificate_file;
  context->state_->key_file = key_file;
  TRY_STATUS(context->reload());
  return context;
}

core::Result<std::unique_ptr<TlsContext>> TlsContext::from_pem(std::string_view certificate,
                                                               std::string_view key) {
  std::unique_ptr<TlsContext> context(new TlsContext(std::make_unique<State>()));
  TRY(made, server_context(certificate, key, "certificate"));
  context->state_->context = std::move(made);
  return context;
}

core::Status TlsContext::reload() {
  if (state_->certificate_file.empty()) return {};
  TRY(certificate, read_file(state_->certificate_file));
  TRY(key, read_file(state_->key_file));
  auto made = server_context(certificate, key, state_->certificate_file);
  OPENSSL_cleanse(key.data(), key.size());
  if (!made) return std::unexpected(std::move(made).error());
  state_->context = std::move(*made);
  return {};
}

struct TlsSession::State {
  explicit State(SSL_CTX* context) : ssl(SSL_new(context)) {
    CHECK(ssl != nullptr);
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    CHECK(in != nullptr && out != nullptr);
    SSL_set_bio(ssl.get(), in, out);  // owned by the session
  }
  bool advance(std::string& plaintext);
  // Takes what OpenSSL wants to send.
  void collect() {
    BIO* out = SSL_get_wbio(ssl.get());
    for (std::array<char, record_bytes> block;;) {
      const int n = BIO_read(out, block.data(), static_cast<int>(block.size()));
      if (n <= 0) return;
      output.append(block.data(), static_cast<std::size_t>(n));
    }
  }

  SslPtr ssl;
  std::string output;
  std::size_t output_at = 0;
  bool broken = false;
  bool peer_ended = false;
};

TlsSession::TlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSession::TlsSession(const TlsContext& context)
    : state_(std::make_unique<State>(context.state_->context.get())) {
  SSL_set_accept_state(state_->ssl.get());
}
TlsSession::~TlsSession() = default;
TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;

TlsSession TlsSession::client(std::string_view trusted_pem, const std::string& host) {
  const ContextPtr context = plain_context(TLS_client_method());
  const BioPtr text = memory_of(trusted_pem);
  const CertificatePtr trusted(PEM_read_bio_X509(text.get(), nullptr, no_password, nullptr));
  CHECK(trusted != nullptr);
  CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), trusted.get()) == 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  auto state = std::make_unique<State>(context.get());
  CHECK(SSL_set1_host(state->ssl.get(), host.c_str()) == 1);
  SSL_set_connect_state(state->ssl.get());
  TlsSession session(std::move(state));
  std::string nothing;
  session.receive({}, nothing);
  return session;
}

bool TlsSession::State::advance(std::string& plaintext) {
  ERR_clear_error();
  for (std::array<char, record_bytes> block;;) {
    const int n = SSL_read(ssl.get(), block.data(), static_cast<int>(block.size()));
    if (n > 0) {
      plaintext.append(block.data(), static_cast<std::size_t>(n));
      OPENSSL_cleanse(block.data(), static_cast<std::size_t>(n));
      continue;
    }
    const int reason = SSL_get_error(ssl.get(), n);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return true;
    if (reason == SSL_ERROR_ZERO_RETURN) return peer_ended = true;
    ERR_clear_error();
    return false;
  }
}

bool TlsSession::receive(std::string_view ciphertext, std::string& plaintext) {
  if (state_->broken) return false;
  if (!ciphertext.empty()) {
    CHECK(BIO_write(SSL_get_rbio(state_->ssl.get()), ciphertext.data(),
                    static_cast<int>(ciphertext.size())) == static_cast<int>(ciphertext.size()));
  }
  state_->broken = !state_->advance(plaintext);
  state_->collect();
  return !state_->broken;
}

bool TlsSession::write(std::string_view plaintext) {
  CHECK(established());
  if (state_->broken) return false;
  ERR_clear_error();
  while (!plaintext.empty()) {
    const std::string_view block = plaintext.substr(0, record_bytes);
    if (SSL_write(state_->ssl.get(), block.data(), static_cast<int>(block.size())) !=
        static_cast<int>(block.size())) {
      state_->broken = true;
      ERR_clear_error();
      break;
    }
    plaintext.remove_prefix(block.size());
  }
  state_->collect();
  return !state_->broken;
}

void TlsSession::end() {
  if (state_->broken || !established()) return;
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
  state_->collect();
}

bool TlsSession::established() const {
  return SSL_is_init_finished(state_->ssl.get()) == 1;
}
bool TlsSession::ended() const {
  return state_->peer_ended;
}
std::string_view TlsSession::output() const {
  return std::string_view(state_->output).substr(state_->output_at);
}

void TlsSession::sent(std::size_t bytes) {
  CHECK(bytes <= output().size());
  state_->output_at += bytes;
  if (state_->output_at < state_->output.size()) return;
  state_->output.clear();
  state_->output_at = 0;
}

std::string TlsSession::version() const {
  return SSL_get_version(state_->ssl.get());
}

}  // namespace tillwatch::http
