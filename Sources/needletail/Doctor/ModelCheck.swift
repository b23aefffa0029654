import Encoders
import Inference
import ModelFiles
import ModelHub
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Whether the models of the settings can be served: found, read, loaded and run once.
struct ModelCheck {
    let settings: ProgramSettings
    let machine: Machine

    func findings() async -> [Finding] {
        var findings = [hub]
        var bytes = 0
        let models = settings.models.isEmpty ? [nil] : settings.models.map(Optional.some)
        for model in models {
            var one = settings
            one.models = model.map { [$0] } ?? []
            do {
                for served in try await ServedModels(one).models {
                    let (found, needed) = await check(served)
                    findings += found
                    bytes += needed
                }
            } catch {
                let text = CommandFailure(describing: error)?.message ?? "\(error)"
                findings.append(Finding(.problem, "model", text))
            }
        }
        return findings + [memory(bytes)]
    }

    private var hub: Finding {
        let hub = HubSettings(settings)
        let isThere = FileManager.default.fileExists(atPath: hub.cacheFolder)
        let place = "cache \(hub.cacheFolder)" + (isThere ? "" : " (not there yet)")
        if isThere, !FileManager.default.isReadableFile(atPath: hub.cacheFolder) {
            return Finding(.problem, "hub", "\(place) cannot be read by this user")
        }
        return Finding(
            .ok, "hub", place + (hub.isOffline ? "; offline" : "; fetches from \(hub.endpoint) what is asked for"))
    }

    /// What is found, and the bytes that the model takes.
    private func check(_ served: ServedModels.Served) async -> ([Finding], Int) {
        let subject = "model"
        let declaration = served.declaration
        let name = declaration.name
        if case .remote(let reference) = served.place {
            let text = "\(name): \(reference.text) is not in the cache and would be fetched at the start"
            return ([Finding(.warning, subject, text)], 0)
        }
        var findings: [Finding] = []
        do throws(ModelFileError) {
            let inspection = try ModelInspection(path: declaration.path, checksValues: false)
            for finding in inspection.findings where finding.severity != .note {
                findings.append(
                    Finding(finding.severity == .error ? .problem : .warning, subject, "\(name): \(finding.text)"))
            }
        } catch {
            return ([Finding(.problem, subject, "\(name): \(error.description)")], 0)
        }
        let engine = InferenceEngine(settings: settings.engine)
        engine.declare(declaration)
        do throws(InferenceError) {
            try await engine.load(name)
        } catch {
            return (findings + [Finding(.problem, subject, "\(name): \(error.message)")], 0)
        }
        guard let facts = engine.models.first?.facts else { return (findings, 0) }
        await engine.stop()
        let bytes = facts.summary.parameterCount * MemoryLayout<Float>.stride + declaration.cacheBytes
        if let wanted = served.settings.dimensions, wanted != facts.dimensions {
            findings.append(
                Finding(
                    .problem, subject, "\(name): 'dim' says \(wanted), and its vectors have \(facts.dimensions ?? 0)"))
        }
        let time = Numbers.fixed(facts.summary.loadTime.seconds, 2)
        findings.append(
            Finding(
                .ok, subject,
                "\(name): \(declaration.task.name), \(facts.summary.architecture), "
                    + "\(Numbers.grouped(facts.summary.parameterCount)) parameters, \(facts.summary.arithmetic), up to \(facts.maxSequenceLength) tokens; "
                    + "loaded in \(time) s from \(declaration.path); about \(Numbers.bytes(bytes)) with its cache"))
        return (findings, bytes)
    }

    private func memory(_ bytes: Int) -> Finding {
        let text = "models and caches take about \(Numbers.bytes(bytes))"
        guard let available = machine.availableMemory else { return Finding(.ok, "memory", text) }
        let share = "\(text) of the \(Numbers.bytes(available)) that are available"
        if bytes > available {
            return Finding(.problem, "memory", share + ". Serve fewer or smaller models, or lower their 'cache'.")
        }
        return Finding(bytes > available / 10 * 8 ? .warning : .ok, "memory", share)
    }
}
