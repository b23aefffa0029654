import Encoders
import Inference
import ModelFiles
import ModelHub
import Serving
import Settings
import Tensors

/// What a server says of itself when it begins to listen.
struct ServingBanner {
    let settings: ProgramSettings
    let models: ServedModels

    /// Lines for standard error.
    ///
    /// - Parameter port: the port that is open, which the settings may have left to the system.
    func text(port: Int) -> String {
        let scheme = settings.server.certificatePath == nil ? "http" : "https"
        let host = settings.server.host.contains(":") ? "[\(settings.server.host)]" : settings.server.host
        var rows: [(String, String)] = [("listening", "\(scheme)://\(host):\(port)")]
        for (index, model) in models.models.enumerated() {
            let declaration = model.declaration
            let names = ([declaration.name] + declaration.aliases).joined(separator: ", ")
            let what =
                switch model.place {
                case .here: "\(declaration.task.name), \(declaration.precision.rawValue), \(declaration.path)"
                case .remote(let reference): "to be fetched, \(reference.text)"
                }
            rows.append((index == 0 ? "models" : "", "\(names): \(what)"))
        }
        if let path = settings.dataPath { rows.append(("documents", path)) }
        let engine = settings.engine
        rows.append(
            (
                "limits",
                "\(engine.maximumConcurrentRequests) requests, \(engine.maximumTexts) texts and "
                    + "\(engine.maximumRequestTokens) tokens a request, \(engine.maximumWaitingTokens) tokens waiting, "
                    + "\(SettingValue.bytes(settings.server.maximumBodyBytes).fileText) a body, "
                    + "\(SettingValue.duration(engine.queueTimeout).fileText) in the queue"
            ))
        let threads = engine.threads ?? WorkerPool.defaultThreadCount
        rows.append(("threads", "\(threads)"))
        rows.append(("kernels", Kernels.active.detail))
        rows.append(
            ("keys", settings.server.apiKeys.isEmpty ? "none: everybody may call" : "\(settings.server.apiKeys.count)"))
        return "needletail \(programVersion)\n"
            + rows.map { "  " + DisplayWidth.padded($0.0, to: 10) + " " + $0.1 + "\n" }.joined()
            + models.notes.map { "  note: \($0)\n" }.joined()
    }
}
