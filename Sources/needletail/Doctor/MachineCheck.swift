import Inference
import Serving
import Settings
import Tensors

/// Whether the machine offers what the settings ask for.
struct MachineCheck {
    let machine: Machine
    /// The settings; nil if they cannot be used.
    let settings: ProgramSettings?

    var findings: [Finding] { cpu + [speed, threads, memory] + files + hugePages }

    private var cpu: [Finding] {
        let features = CPUFeatures.current
        if let error = features.overrideError { return [Finding(.problem, "cpu", error.description)] }
        let isSlow = features.used == .portable && features.architecture == "x86_64"
        return [
            Finding(
                isSlow || features.isForced ? .warning : .ok, "cpu",
                features.description
                    + (isSlow && !features.isForced ? "; without AVX2 everything is several times slower" : ""))
        ]
    }

    private var speed: Finding {
        let peak = Kernels.active.measuredPeak(seconds: 0.3) / 1e9
        return Finding(.ok, "speed", "\(Numbers.fixed(peak, 0)) GFLOP/s on one core, now, with these kernels")
    }

    private var threads: Finding {
        let usable = WorkerPool.defaultThreadCount
        let wanted = settings?.inference.threads ?? usable
        let quota = machine.coreQuota.map { ", \(Numbers.fixed($0, 1)) by the control group's quota" } ?? ""
        let text = "\(machine.cores) online, \(usable) usable\(quota); \(wanted) compute threads"
        guard wanted <= usable else {
            return Finding(
                .warning, "cores",
                text + ": more threads than cores slow each other down. Lower limits.threads, or unset it.")
        }
        return Finding(.ok, "cores", text)
    }

    private var memory: Finding {
        let total = machine.memory.map(Numbers.bytes) ?? "unknown"
        let available = machine.availableMemory.map(Numbers.bytes) ?? "unknown"
        let limit = machine.memoryLimit.map { ", control group's limit \(Numbers.bytes($0))" } ?? ""
        let text = "\(total), \(available) available\(limit)"
        let bodies = settings?.server.maximumBufferedBytes ?? 0
        if let free = machine.availableMemory, bodies > free / 2 {
            return Finding(
                .warning, "memory",
                text
                    + ": api.max_buffered_bytes (\(Numbers.bytes(bodies))) is more than half of what is available. Lower it."
            )
        }
        return Finding(.ok, "memory", text)
    }

    private var files: [Finding] {
        let wanted = settings?.server.maximumConnections ?? 0
        let text = "\(machine.openFiles.soft) open files, up to \(machine.openFiles.hard)"
        // Models, logs and the listener need some as well.
        guard machine.openFiles.hard < wanted + 64 else { return [Finding(.ok, "files", text)] }
        return [
            Finding(
                .warning, "files",
                text
                    + ": fewer than api.max_connections (\(wanted)) needs. Raise the limit (LimitNOFILE, ulimit -n) or lower "
                    + "the setting.")
        ]
    }

    private var hugePages: [Finding] {
        guard let mode = machine.hugePages else { return [] }
        return [Finding(.ok, "huge pages", "transparent huge pages: \(mode)")]
    }
}
