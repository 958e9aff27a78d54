"""The table of calls and headers that may not be used, where, and what to use instead. Read by check_calls.py.

Each row carries a bad sample in its own place; the self-test demands that the row catches it.
"""

import re
from dataclasses import dataclass

PURE = ("src/decision/", "src/record/")  # the same bytes on every machine and in every replay
ABOVE_LINUX = ("src/foundation/", "src/acquiring/", "src/record/", "src/decision/", "src/backoffice/")
PRODUCT = ("src/", "apps/")
EVERYWHERE = ("src/", "apps/", "tests/")


@dataclass(frozen=True)
class Ban:
    pattern: str  # looked for in code without comments and literals; includes are matched on their own line
    where: tuple  # path prefixes
    instead: str
    bad: str  # a line that must be caught, in a file below where[0]
    but: tuple = ()  # path prefixes or suffixes that may
    tests_too: bool = True  # whether *_test.cpp, *_bench.cpp and tests/ obey

    def applies(self, path):
        is_test = path.startswith("tests/") or re.search(r"_(test|bench|fixture)\.(cpp|h)$", path)
        if is_test and not self.tests_too:
            return False
        return path.startswith(self.where) and not any(
            path.startswith(one) or path.endswith(one) for one in self.but
        )


POSIX = ("src/edge/posix/",)
CLOCK = "time is a field of the entry, or an argument; the edge asks ports::Clock"
ORDER = "std::map, a sorted vector or state::Table: what a hash table yields in its own order must never reach a decision or a file"
TEXT_OUT = "return text or a core::Error; only apps speak to a terminal"

BANS = (
    # Determinism of the deciding and recording floors.
    Ban(
        r"#\s*include\s*<(unordered_map|unordered_set)>",
        PURE,
        ORDER,
        "#include <unordered_map>",
        tests_too=False,
    ),
    Ban(
        r"\bunordered_flat_(map|set)\b|\bunordered_node_(map|set)\b",
        PURE,
        ORDER,
        "boost::unordered_flat_map<int, int> m;",
        tests_too=False,
    ),
    Ban(r"#\s*include\s*<chrono>", PURE, CLOCK, "#include <chrono>", tests_too=False),
    Ban(
        r"#\s*include\s*<random>",
        PURE,
        "nothing is random here; tests may",
        "#include <random>",
        tests_too=False,
    ),
    Ban(
        r"#\s*include\s*<locale>|\bstd::locale\b|\bsetlocale\s*\(",
        ABOVE_LINUX,
        "bytes and UTF-8; language is the console's business",
        "std::locale l;",
    ),
    Ban(
        r"\bstd::(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot|erf|tgamma|lgamma)\s*\(",
        PURE,
        "integers, fixed point or IEEE-exact operations: the library's results differ between machines",
        "auto y = std::log(x);",
        tests_too=False,
    ),
    Ban(
        r"\bstd::(unordered_)?(map|set)\s*<\s*(const\s+)?[\w:]+\s*(const\s*)?\*",
        PURE,
        "a strong id as the key: an address differs in every run",
        "std::map<const Rule*, int> hits;",
    ),
    Ban(
        r"\b(std::|::)?(s?rand|drand48|random_shuffle)\s*\(",
        EVERYWHERE,
        "ports::Random for keys; a seeded engine with a printed seed in tests",
        "int x = std::rand();",
    ),
    Ban(
        r"\brandom_device\b",
        EVERYWHERE,
        "ports::Random; tests print the seed they use",
        "std::random_device source;",
        but=POSIX,
        tests_too=False,
    ),
    # Clocks, threads, environment: behind ports.
    Ban(
        r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b",
        ("src/",),
        CLOCK,
        "auto t = std::chrono::steady_clock::now();",
        but=POSIX,
        tests_too=False,
    ),
    Ban(
        r"\b(gettimeofday|clock_gettime|localtime(_r)?|gmtime(_r)?|mktime|strftime|strptime)\s*\(|(?<![\w.>:])(std::)?time\s*\(\s*(nullptr|NULL|0|&)",
        PRODUCT,
        CLOCK,
        "auto t = time(nullptr);",
        but=POSIX,
    ),
    Ban(
        r"#\s*include\s*<(thread|future|mutex|shared_mutex|condition_variable|semaphore|barrier|latch|stop_token)>",
        ("src/",),
        "one thread decides; threads exist in apps and edge/posix only",
        "#include <mutex>",
        but=POSIX,
        tests_too=False,
    ),
    Ban(
        r"\bstd::(thread|jthread|async)\b|\bpthread_create\s*\(",
        ("src/",),
        "threads exist in apps and edge/posix only",
        "std::jthread worker;",
        but=POSIX,
        tests_too=False,
    ),
    Ban(
        r"\b(sleep_for|sleep_until|usleep|nanosleep)\s*\(|(?<![\w.>:])sleep\s*\(",
        EVERYWHERE,
        "wait for the event itself, or move the simulated clock",
        "std::this_thread::sleep_for(1ms);",
        but=POSIX + ("apps/",),
    ),
    Ban(
        r"\b(std::|::)?(secure_)?(getenv|setenv|putenv|unsetenv)\s*\(",
        PRODUCT,
        "configuration comes as an argument from the wiring",
        'auto home = std::getenv("HOME");',
        but=POSIX + ("apps/",),
        tests_too=False,
    ),
    Ban(
        r"#\s*include\s*<(unistd\.h|fcntl\.h|poll\.h|signal\.h|csignal|sys/[\w./]+|netinet/[\w./]+|arpa/[\w./]+)>",
        ("src/",),
        "the ports (ports::Disk, Network, Clock, Random): only edge/posix knows Linux",
        "#include <sys/stat.h>",
        but=POSIX,
        tests_too=False,
    ),
    Ban(
        r"#\s*include\s*<(fstream|filesystem)>",
        ABOVE_LINUX,
        "ports::Disk",
        "#include <fstream>",
        tests_too=False,
    ),
    # Output.
    Ban(
        r"\b(std::)?(printf|fprintf|puts|fputs|putchar)\s*\(|\bstd::(cout|cerr|clog)\b|\bfmt::print(ln)?\s*\(",
        ("src/",),
        TEXT_OUT,
        'std::printf("x");',
        but=("src/foundation/core/check.cpp",),
        tests_too=False,
    ),
    Ban(
        r"\b(sprintf|vsprintf|strcpy|strcat|gets|strtok|alloca)\s*\(",
        EVERYWHERE,
        "fmt::format, std::from_chars, std::string",
        "sprintf(buffer, format);",
    ),
    Ban(
        r"(?<![\w.>])(std::)?(atoi|atol|atof|strtol|strtod|stoi|stol|stod)\s*\(",
        PRODUCT,
        "std::from_chars, which says what it could not read and does not know locales",
        "int x = atoi(text);",
        tests_too=False,
    ),
    # Owners.
    Ban(
        # Spared: a private constructor handed straight to its unique_ptr, and placement, which owns nothing.
        r"^(?!.*unique_ptr<[^;]*\bnew\b)(?!\s*#).*(?<!operator )\bnew\b(?!\s*[(,)\]>])",
        EVERYWHERE,
        "a value, std::make_unique or an arena",
        "auto* p = new Journal;",
    ),
    Ban(
        r"(?<!operator )(?<!= )\bdelete\b(?!\s*[;,)])|(?<!=)(?<!= )\bdelete\s+\w",
        EVERYWHERE,
        "owners with destructors",
        "delete p;",
    ),
    Ban(
        r"\b(std::)?(malloc|calloc|realloc)\s*\(",
        EVERYWHERE,
        "std::vector, std::string or an arena",
        "auto* p = malloc(8);",
    ),
    Ban(
        r"\bshared_ptr\s*<(?!\s*const\b)",
        PRODUCT,
        "one owner (unique_ptr or a value); shared_ptr<const T> only for published versions",
        "std::shared_ptr<Policy> policy;",
    ),
    Ban(
        r"\bthread_local\b|\bstatic\s+[\w:<>]+\s*&\s*instance\s*\(",
        PRODUCT,
        "the wiring hands every part to whoever needs it: no globals, no singletons",
        "static Journal& instance();",
    ),
    Ban(
        r"(?<!\w)(co_await|co_return|co_yield)\b",
        EVERYWHERE,
        "plain callbacks: GCC 12 destroys temporaries twice; coroutines only in edge/posix",
        "co_await read(socket);",
        but=POSIX,
    ),
    Ban(
        r"\bco_await\b[^;]*[\[{]",
        EVERYWHERE,
        "name the awaited object first, then await it: GCC 12 destroys the temporary twice",
        "co_await run([x] { use(x); });",
    ),
    Ban(
        r"\bassert\s*\(",
        EVERYWHERE,
        "CHECK for our own errors (it stays in release builds), core::Error for input",
        "assert(size > 0);",
    ),
    Ban(
        r"\b(DISABLED_\w+|GTEST_SKIP\s*\(\s*\)\s*;)",
        ("tests/", "src/"),
        "a test runs, says why it cannot, or goes",
        "TEST(Journal, DISABLED_Recovery) {}",
    ),
    Ban(r"#\s*if\s+0\b", EVERYWHERE, "code that does not run goes; git keeps it", "#if 0"),
)
