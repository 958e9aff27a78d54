#include "desk/qr_code.h"

#include <qrcodegen/qrcodegen.hpp>

namespace tillwatch::desk {
namespace {

constexpr int quiet = 4;  // modules around the code (ISO/IEC 18004, 6.3.8)

std::string drawn(const qrcodegen::QrCode& code) {
  const std::string side = std::to_string(code.getSize() + 2 * quiet);
  std::string path;
  for (int y = 0; y < code.getSize(); ++y)
    for (int x = 0; x < code.getSize(); ++x)
      if (code.getModule(x, y))
        path += "M" + std::to_string(x + quiet) + " " + std::to_string(y + quiet) + "h1v1h-1z";
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
         "\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h" + side + "v" + side + "h-" + side +
         "z\"/><path d=\"" + path + "\"/></svg>";
}

}  // namespace

core::Result<std::string> qr_svg(const std::string& text) {
  try {
    return drawn(qrcodegen::QrCode::encodeText(text.c_str(), qrcodegen::QrCode::Ecc::MEDIUM));
  } catch (const qrcodegen::data_too_long&) {
    return core::fail(core::ErrorCode::limit, "", "the text is too long for a QR code");
  }
}

}  // namespace tillwatch::desk
