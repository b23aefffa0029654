import CKernels

/// A build of the kernels.
///
/// All give the same results up to rounding.
public enum KernelVariant: UInt32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Plain C for any CPU (SSE2 or NEON through the compiler).
    case portable = 0
    /// x86-64 with AVX2 and FMA.
    case avx2 = 1
    /// The same with AVX-VNNI (int8 products).
    case avx2VNNI = 2
    /// x86-64 with AVX-512 F, BW, DQ and VL.
    case avx512 = 3
    /// The same with VNNI (int8 products); bfloat16 weights are widened to float32.
    case avx512VNNI = 4
    /// The same with VNNI and BF16.
    case avx512BF16 = 5
    /// 64-bit Arm.
    case neon = 6
    /// The same with dot products of bytes (int8 products).
    case neonDotProduct = 7
    /// The same with I8MM and BF16.
    case neonBF16 = 8

    /// The name that `NEEDLETAIL_CPU` understands.
    public var description: String {
        switch self {
        case .portable: "portable"
        case .avx2: "avx2"
        case .avx2VNNI: "avx2-vnni"
        case .avx512: "avx512"
        case .avx512VNNI: "avx512-vnni"
        case .avx512BF16: "avx512-bf16"
        case .neon: "neon"
        case .neonDotProduct: "neon-dotprod"
        case .neonBF16: "neon-bf16"
        }
    }
}

/// `NEEDLETAIL_CPU` asks for something that cannot be had.
public struct CPUOverrideError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the variable says.
    public let value: String
    /// False: no build has that name.
    ///
    /// True: there is one, but not for this CPU.
    public let isKnown: Bool
    /// The builds that can run here.
    public let available: [KernelVariant]

    package init(value: String, isKnown: Bool, available: [KernelVariant]) {
        self.value = value
        self.isKnown = isKnown
        self.available = available
    }

    /// What is wrong, without advice.
    public var problem: String {
        "NEEDLETAIL_CPU=\(value) " + (isKnown ? "is not supported by this CPU" : "is not the name of a kernel build")
    }

    /// What is wrong and what to do.
    public var description: String {
        let names = available.map(\.description).joined(separator: ", ")
        return "\(problem); use one of: \(names), or unset it to use the best"
    }
}

/// What the CPU offers, and which build of the kernels this process uses.
///
/// Found out once per process, from CPUID and from what the operating system saves on a task switch (XCR0); on Arm
/// from what the operating system tells.
public struct CPUFeatures: Sendable, Hashable, CustomStringConvertible {
    /// "x86_64", "aarch64" or "other".
    public let architecture: String
    /// The model name that the CPU tells; may be empty.
    public let brand: String
    /// Names of the instruction sets that matter here and are usable.
    public let instructionSets: [String]
    /// The builds that can run here, the best last.
    public let available: [KernelVariant]
    /// The build in use.
    public let used: KernelVariant
    /// Whether `NEEDLETAIL_CPU` chose it.
    public let isForced: Bool
    /// Set when `NEEDLETAIL_CPU` could not be obeyed; the best build is in use then.
    ///
    /// Programs must report it.
    public let overrideError: CPUOverrideError?

    /// This machine and process.
    public static let current = CPUFeatures(ck_cpu_info().pointee)

    /// This machine, if `NEEDLETAIL_CPU` were `override`.
    package init(override: String) {
        self.init(ck_cpu_with_override(override))
    }

    private init(_ cpu: ck_cpu) {
        architecture = String(cString: cpu.architecture)
        brand = Self.text(cpu.brand)
        var sets: [String] = []
        if cpu.avx2_fma { sets += ["AVX2", "FMA"] }
        if cpu.avx_vnni { sets.append("AVX-VNNI") }
        if cpu.avx512 { sets.append("AVX-512") }
        if cpu.avx512_vnni { sets.append("AVX-512 VNNI") }
        if cpu.avx512_bf16 { sets.append("AVX-512 BF16") }
        if cpu.neon { sets.append("NEON") }
        if cpu.neon_dotprod { sets.append("DotProd") }
        if cpu.neon_i8mm { sets.append("I8MM") }
        if cpu.neon_bf16 { sets.append("BF16") }
        instructionSets = sets
        let runnable = KernelVariant.allCases.filter { ck_kernels_for(ck_variant(rawValue: $0.rawValue)) != nil }
        available = runnable.filter { $0.rawValue != cpu.best.rawValue } + [Self.variant(cpu.best)]
        used = Self.variant(cpu.chosen)
        isForced = cpu.forced
        overrideError =
            cpu.override_unknown || cpu.override_unsupported
            ? CPUOverrideError(
                value: Self.text(cpu.override_value), isKnown: cpu.override_unsupported, available: available)
            : nil
    }

    /// Throws when `NEEDLETAIL_CPU` could not be obeyed.
    ///
    /// Programs call this at start.
    public func checkOverride() throws(CPUOverrideError) {
        if let overrideError { throw overrideError }
    }

    /// One line for logs and reports.
    public var description: String {
        let name = brand.isEmpty ? architecture : "\(brand) (\(architecture))"
        let sets =
            instructionSets.isEmpty ? "no vector extensions that have kernels" : instructionSets.joined(separator: ", ")
        let how =
            isForced ? "forced by NEEDLETAIL_CPU" : "best of: " + available.map(\.description).joined(separator: ", ")
        return "\(name); \(sets); kernels: \(Kernels.active.detail) (\(used), \(how))"
    }

    private static func variant(_ variant: ck_variant) -> KernelVariant {
        KernelVariant(rawValue: variant.rawValue) ?? .portable
    }

    /// The text in a fixed-size C character array.
    private static func text<Tuple>(_ tuple: Tuple) -> String {
        withUnsafeBytes(of: tuple) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
