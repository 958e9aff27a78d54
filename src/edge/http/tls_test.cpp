// TLS in memory: handshake at any split, refusals, limits; and the whole server behind it on a simulated
// network.
#include "http/tls.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "http/server.h"
#include "posix/clock.h"
#include "posix/event_loop.h"
#include "sim/http_client.h"
#include "sim/sim_clock.h"
#include "sim/sim_network.h"

namespace tillwatch::http {
namespace {

struct Pem {
  std::string certificate, key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

// A self-signed certificate for "localhost" with a fresh P-256 key.
Pem make_certificate() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(X509_new(), X509_free);
  X509_set_version(leaf.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(leaf.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(leaf.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(leaf.get()), 3600);
  X509_set_pubkey(leaf.get(), key.get());
  X509_NAME* name = X509_get_subject_name(leaf.get());
  const unsigned char common[] = "localhost";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(leaf.get(), name);
  X509_EXTENSION* alternative =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(leaf.get(), alternative, -1);
  X509_EXTENSION_free(alternative);
  X509_sign(leaf.get(), key.get(), EVP_sha256());
  BIO* certificate_out = BIO_new(BIO_s_mem());
  BIO* key_out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_out, leaf.get());
  PEM_write_bio_PrivateKey(key_out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_out), text_of(key_out)};
}

const Pem& pem() {
  static const Pem made = make_certificate();
  return made;
}

std::unique_ptr<TlsContext> context() {
  return TlsContext::from_pem(pem().certificate, pem().key).value();
}

// Moves what one side wants to send to the other, in pieces of at most `piece`.
bool carry(TlsSession& from, TlsSession& to, std::string& plaintext, std::size_t piece = 100000) {
  while (!from.output().empty()) {
    const std::string bytes(from.output().substr(0, piece));
    from.sent(bytes.size());
    if (!to.receive(bytes, plaintext)) return false;
  }
  return true;
}

bool shake_hands(TlsSession& client, TlsSession& server, std::size_t piece = 100000) {
  std::string nothing;
  for (int i = 0; i < 10 && !(client.established() && server.established()); ++i) {
    if (!carry(client, server, nothing, piece) || !carry(server, client, nothing, piece)) return false;
  }
  return client.established() && server.established() && carry(server, client, nothing, piece);
}

TEST(Tls, CarriesBothWaysAtAnySplit) {
  for (const std::size_t piece : {1u, 7u, 1000u, 100000u}) {
    SCOPED_TRACE(piece);
    const auto server_side = context();
    TlsSession server(*server_side);
    TlsSession client = TlsSession::client(pem().certificate, "localhost");
    ASSERT_TRUE(shake_hands(client, server, piece));
    EXPECT_EQ(server.version(), "TLSv1.3");
    std::string at_server, at_client;
    const std::string large(100000, 'x');
    ASSERT_TRUE(client.write("hello"));
    ASSERT_TRUE(carry(client, server, at_server, piece));
    ASSERT_TRUE(server.write(large));
    ASSERT_TRUE(carry(server, client, at_client, piece));
    EXPECT_EQ(at_server, "hello");
    EXPECT_EQ(at_client, large);
    EXPECT_FALSE(server.ended());
    client.end();
    ASSERT_TRUE(carry(client, server, at_server, piece));
    EXPECT_TRUE(server.ended());
  }
}

TEST(Tls, RefusesOtherProtocolsWithAnAlert) {
  const auto server_side = context();
  TlsSession server(*server_side);
  std::string plaintext;
  EXPECT_FALSE(server.receive("GET / HTTP/1.1\r\nHost: h\r\n\r\n", plaintext));
  EXPECT_TRUE(plaintext.empty());
  EXPECT_FALSE(server.receive("more", plaintext));  // broken for good
}

// A client that offers only versions up to `version`, with OpenSSL's own calls.
bool accepts_version(int version) {
  const auto server_side = context();
  TlsSession server(*server_side);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> method(SSL_CTX_new(TLS_client_method()),
                                                                 SSL_CTX_free);
  SSL_CTX_set_security_level(method.get(), 0);
  SSL_CTX_set_min_proto_version(method.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(method.get(), version);
  const std::unique_ptr<SSL, decltype(&SSL_free)> client(SSL_new(method.get()), SSL_free);
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  SSL_set_bio(client.get(), in, out);
  SSL_set_connect_state(client.get());
  std::string nothing;
  for (int i = 0; i < 10 && !server.established(); ++i) {
    SSL_do_handshake(client.get());
    char block[8192];
    const int n = BIO_read(out, block, sizeof block);
    if (n > 0 && !server.receive({block, static_cast<std::size_t>(n)}, nothing)) return false;
    BIO_write(in, server.output().data(), static_cast<int>(server.output().size()));
    server.sent(server.output().size());
  }
  return server.established();
}

TEST(Tls, SpeaksVersions12And13Only) {
  EXPECT_FALSE(accepts_version(TLS1_VERSION));
  EXPECT_FALSE(accepts_version(TLS1_1_VERSION));
  EXPECT_TRUE(accepts_version(TLS1_2_VERSION));
  EXPECT_TRUE(accepts_version(TLS1_3_VERSION));
}

TEST(Tls, ClientsRefuseAStrangersCertificate) {
  const auto server_side = context();
  TlsSession server(*server_side);
  TlsSession client = TlsSession::client(make_certificate().certificate, "localhost");
  EXPECT_FALSE(shake_hands(client, server));
  TlsSession other_server(*server_side);
  TlsSession other_host = TlsSession::client(pem().certificate, "example.org");
  EXPECT_FALSE(shake_hands(other_host, other_server));
}

TEST(Tls, RefusesUnusableFiles) {
  EXPECT_EQ(TlsContext::load("/nowhere/cert.pem", "/nowhere/key.pem").error().code,
            core::ErrorCode::not_found);
  const auto refused = [](const std::string& certificate, const std::string& key) {
    const auto made = TlsContext::from_pem(certificate, key);
    return made.has_value() ? std::string("taken")
                            : made.error().detail.substr(0, made.error().detail.find(" ("));
  };
  EXPECT_EQ(refused("nonsense", pem().key), "not a PEM certificate");
  EXPECT_EQ(refused(pem().certificate, "nonsense"), "not an unencrypted PEM private key");
  EXPECT_EQ(refused(pem().certificate, make_certificate().key),
            "the private key does not fit the certificate");
  EXPECT_EQ(refused(pem().certificate + pem().certificate, pem().key), "taken");  // a chain
}

TEST(Tls, ReloadsItsFilesAndKeepsTheOldOnesWhenTheNewAreBroken) {
  const std::string stem = ::testing::TempDir() + "tillwatch_tls_" + std::to_string(::getpid());
  const auto write = [](const std::string& path, const std::string& text) { std::ofstream(path) << text; };
  write(stem + ".crt", pem().certificate);
  write(stem + ".key", pem().key);
  const auto loaded = TlsContext::load(stem + ".crt", stem + ".key");
  ASSERT_TRUE(loaded.has_value());
  const auto shakes_hands = [&](const std::string& trusted) {
    TlsSession server(**loaded);
    TlsSession client = TlsSession::client(trusted, "localhost");
    return shake_hands(client, server);
  };
  const Pem second = make_certificate();
  write(stem + ".crt", second.certificate);
  EXPECT_FALSE((*loaded)->reload().has_value());  // the key does not fit yet
  EXPECT_TRUE(shakes_hands(pem().certificate));
  write(stem + ".key", second.key);
  EXPECT_TRUE((*loaded)->reload().has_value());
  EXPECT_TRUE(shakes_hands(second.certificate));
  EXPECT_FALSE(shakes_hands(pem().certificate));
  std::remove((stem + ".crt").c_str());
  std::remove((stem + ".key").c_str());
}

class Echo final : public Handler {
 public:
  void on_request(RequestId id, Request request) override {
    Response response;
    response.body = request.head.target + " " + request.body;
    server->respond(id, response);
  }
  Server* server = nullptr;
};

struct World {
  explicit World(std::uint64_t seed = 1, const Limits& limits = {})
      : tls(context()), network(clock, seed), server(network, clock, echo, limits) {
    echo.server = &server;
    port = server.listen({}, tls.get()).value();
  }
  void run_for(core::DurationMs duration) {
    for (const std::int64_t end = clock.monotonic_ms() + duration; clock.monotonic_ms() < end;) {
      server.turn(
          network.wait(std::clamp<core::DurationMs>(server.wait_ms_max(), 0, end - clock.monotonic_ms())));
    }
  }
  sim::SimClock clock;
  std::unique_ptr<TlsContext> tls;
  sim::SimNetwork network;
  Echo echo;
  Server server;
  std::uint16_t port = 0;
};

// A client session whose bytes travel through a simulated peer.
struct TlsPeer {
  TlsPeer(World& w, std::size_t piece_max) : world(w), peer(w.network.connect(w.port)), piece(piece_max) {}
  void exchange() {
    for (int i = 0; i < 40; ++i) {
      peer.trickle(session.output(), piece, 0);
      session.sent(session.output().size());
      world.run_for(5);
      EXPECT_TRUE(session.receive(std::string_view(peer.received()).substr(taken), plaintext));
      taken = peer.received().size();
    }
  }
  World& world;
  sim::SimPeer& peer;
  TlsSession session = TlsSession::client(pem().certificate, "localhost");
  std::size_t piece;
  std::size_t taken = 0;
  std::string plaintext;
};

TEST(TlsServer, ServesRequestsAtAnySplitAndSaysGoodbye) {
  for (const std::size_t piece : {1u, 50u, 5000u}) {
    SCOPED_TRACE(piece);
    World world(piece);
    TlsPeer client(world, piece);
    client.exchange();
    ASSERT_TRUE(client.session.established());
    const std::string body(3000, 'b');
    client.session.write(sim::format_request("POST", "/a", body) +
                         sim::format_request("GET", "/b", "", {{"Connection", "close"}}));
    client.exchange();
    const auto replies = sim::take_replies(client.plaintext);
    ASSERT_EQ(replies.size(), 2u);
    EXPECT_EQ(replies[0].body, "/a " + body);
    EXPECT_EQ(replies[1].body, "/b ");
    EXPECT_TRUE(client.session.ended());
    EXPECT_TRUE(client.peer.server_ended());
  }
}

TEST(TlsServer, LargeAnswersPassANarrowWindow) {
  World world;
  TlsPeer client(world, 5000);
  client.exchange();
  client.peer.set_window(1000);
  client.session.write(sim::format_request("POST", "/a", std::string(60000, 'b')));
  for (int i = 0; i < 10; ++i) {
    client.peer.read(SIZE_MAX);
    client.exchange();
  }
  for (int i = 0; i < 100; ++i) {
    client.peer.read(SIZE_MAX);
    world.run_for(1);
  }
  ASSERT_TRUE(client.session.receive(std::string_view(client.peer.received()).substr(client.taken),
                                     client.plaintext));
  EXPECT_EQ(sim::take_replies(client.plaintext).at(0).body.size(), 60003u);
}

TEST(TlsServer, EndsSlowHandshakesAndPlainTalk) {
  World world;
  sim::SimPeer& silent = world.network.connect(world.port);
  sim::SimPeer& plain = world.network.connect(world.port).send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  world.run_for(10);
  EXPECT_TRUE(plain.server_closed());
  EXPECT_FALSE(plain.received().starts_with("HTTP"));
  world.run_for(core::limits::http_handshake_time_ms_max - 200);
  EXPECT_FALSE(silent.server_closed());
  world.run_for(400);
  EXPECT_TRUE(silent.server_closed());
}

TEST(TlsServer, BoundsTheHandshakesOfATurn) {
  Limits limits;
  limits.handshakes_per_turn_max = 2;
  World world(1, limits);
  std::vector<std::unique_ptr<TlsPeer>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<TlsPeer>(world, 5000));
    clients.back()->peer.send(clients.back()->session.output());
  }
  world.server.turn(world.network.wait(0));
  const auto begun = [&] {
    return std::ranges::count_if(clients,
                                 [](const auto& client) { return !client->peer.received().empty(); });
  };
  EXPECT_EQ(begun(), 2);
  for (int i = 0; i < 4; ++i) world.server.turn(world.network.wait(0));
  EXPECT_EQ(begun(), 10);
}

TEST(TlsServer, ServesOverRealSockets) {
  const auto tls = context();
  auto loop = posix::EventLoop::create({}, nullptr).value();
  posix::Clock clock;
  Echo echo;
  Server server(*loop, clock, echo);
  echo.server = &server;
  sim::HttpClient wire(server.listen({}, tls.get()).value());
  TlsSession session = TlsSession::client(pem().certificate, "127.0.0.1");
  std::string plaintext;
  bool asked = false;
  std::vector<char> block(100000);
  for (int i = 0; i < 10000 && !plaintext.ends_with("/tls hello"); ++i) {
    if (session.established() && !asked) {
      asked = session.write(sim::format_request("POST", "/tls", "hello"));
    }
    wire.send(session.output());
    session.sent(session.output().size());
    server.turn(loop->wait(10));
    const auto n = ::recv(wire.descriptor(), block.data(), block.size(), MSG_DONTWAIT);
    if (n > 0) {
      ASSERT_TRUE(session.receive({block.data(), static_cast<std::size_t>(n)}, plaintext));
    }
  }
  EXPECT_EQ(sim::take_replies(plaintext).at(0).body, "/tls hello");
}

}  // namespace
}  // namespace tillwatch::http
