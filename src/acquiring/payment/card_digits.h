// Finds card numbers in texts that should hold none, and masks them. Called by the door (unknown members,
// ids), by the log (second net) and by intake (rows set aside). Pure; never decides what a policy may see.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace tillwatch::payment {

// The check digit rule of ISO/IEC 7812-1 annex B over digits only; false for an empty text.
bool passes_luhn(std::string_view digits);

// 13 to 19 digits that pass Luhn and begin as the schemes' numbers do, at a length they use. Narrower than
// Luhn alone, for attributes whose proper values are long numbers too: a merchant code of 15 digits, an
// ICCID.
bool looks_like_card_number(std::string_view digits);

// 18 characters of a resident identity number (GB 11643-1999): a calendar date inside and the ISO 7064
// MOD 11-2 check character.
bool is_resident_identity_number(std::string_view text);

// Whether the text holds, whole or in groups with single spaces or dashes between, a run of 13 to 19 digits
// for which looks_like_card_number holds.
bool holds_card_number(std::string_view text);

// Replaces, in place, the middle of every run of 13 to 19 digits (single spaces and dashes between them
// allowed) that passes Luhn by stars: the first six and last four digits stay. Inside longer runs, whatever
// looks like a card number is masked. Resident identity numbers keep their first six characters only. Returns
// how many were masked.
std::size_t mask_digit_runs(std::string& text);
// The same for a copy.
std::string masked_digit_runs(std::string_view text);

// invalid, at `pointer`, where such a run stands in a text that people name things by: there it is refused,
// for a masked name would be another one.
core::Status check_no_digit_run(std::string_view pointer, std::string_view text);

// 13 to 19 digits and nothing else: what an id may not be.
bool is_bare_card_length(std::string_view text);

}  // namespace tillwatch::payment
