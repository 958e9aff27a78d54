// A text as a QR code in SVG: for the seed of a second factor. The only adapter of qrcodegen. Called by the
// routes of one's own account. Never writes anything but squares: the SVG holds no text and no script.
#pragma once

#include <string>

#include "core/error.h"

namespace tillwatch::desk {

// Errors: limit (more than a code can hold).
core::Result<std::string> qr_svg(const std::string& text);

}  // namespace tillwatch::desk
