import Inference
import ModelFiles
import ModelHub
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The models of the settings, each with where its files are.
struct ServedModels {
    /// Where the files of a model are.
    enum Place {
        /// On this machine.
        case here(ModelDeclaration)
        /// On a hub, and not in its cache.
        case remote(ModelReference)
    }

    /// One model.
    struct Served {
        let settings: ModelSettings
        let place: Place

        /// What the engine is told of it before it is loaded.
        var declaration: ModelDeclaration {
            switch place {
            case .here(let declaration): declaration
            case .remote(let reference):
                // Lets requests be told to wait; what the files say replaces it when they are here.
                ModelDeclaration(
                    name: settings.name, aliases: settings.aliases, task: settings.task ?? .crossEncoder,
                    path: reference.text)
            }
        }
    }

    /// In the order of the settings.
    let models: [Served]
    /// What the person who starts the server should know.
    let notes: [String]
    /// Fetches.
    let hub: ModelHub
    private let settings: ProgramSettings

    /// Finds the files of all models, and what each is for; nothing is fetched.
    init(_ settings: ProgramSettings) async throws {
        var wanted = settings.models
        var notes: [String] = []
        if wanted.isEmpty, settings.dataPath == nil {
            wanted = [ModelSettings(name: ModelLocator.starter, reference: ModelLocator.starter, place: "default")]
            notes.append(
                "no model was named: serving \(ModelLocator.starter), which comes along. Name yours by --model NAME=PATH or in "
                    + "--config.")
        }
        self.notes = notes
        self.settings = settings
        hub = ModelHub(settings: HubSettings(settings))
        var models: [Served] = []
        for model in wanted {
            models.append(Served(settings: model, place: try await Self.place(of: model, hub, settings)))
        }
        self.models = models
    }

    /// Fetches a model that is not here.
    func fetched(_ model: ModelSettings, _ reference: ModelReference) async throws -> ModelDeclaration {
        let display = PullDisplay(reference.text, isQuiet: false)
        defer { display.finish() }
        do {
            let path = try await hub.resolve(reference) { display.show($0) }.path
            return try Self.declaration(model, path: path, settings)
        } catch {
            throw Self.failure(error, model)
        }
    }

    /// What `serve --check` says: a line for each model.
    func checked() -> String {
        models.map { model in
            switch model.place {
            case .here(let declaration): "\(declaration.name): \(declaration.task.name), \(declaration.path)\n"
            case .remote(let reference): "\(model.settings.name): would be fetched, \(reference.text)\n"
            }
        }.joined() + "The settings can be used.\n"
    }

    // MARK: Places

    private static func place(
        of model: ModelSettings, _ hub: ModelHub, _ settings: ProgramSettings
    ) async throws -> Place {
        var text = model.reference
        if text.hasPrefix("./") || text.hasPrefix("../"), let folder = model.folder, folder != "." {
            text = folder + "/" + text
        }
        do {
            let path: String
            if !text.contains("/"), !text.contains(":") {
                path = try ModelLocator.path(of: text)
            } else {
                let reference = try ModelReference(text, revision: model.revision)
                do throws(HubError) {
                    path = try await hub.cached(reference).path
                } catch {
                    guard error.kind == .offline, !hub.settings.isOffline else { throw error }
                    return .remote(reference)
                }
            }
            return .here(try declaration(model, path: path, settings))
        } catch {
            throw failure(error, model)
        }
    }

    private static func declaration(
        _ model: ModelSettings, path folder: String, _ settings: ProgramSettings
    ) throws(ModelFileError) -> ModelDeclaration {
        let path = model.modelFile.map { "\(folder)/\($0)" } ?? folder
        let task = try ModelFolder(path: path, task: model.task).task
        return ModelDeclaration(
            name: model.name, aliases: model.aliases, task: task, path: path, precision: model.precision,
            maxSequenceLength: model.maxLength, cacheBytes: task == .crossEncoder ? model.cacheBytes : 0,
            longTexts: model.longTexts.map(settings.policy))
    }

    /// The failure with the model that it is about, and where that was named.
    private static func failure(_ error: any Error, _ model: ModelSettings) -> any Error {
        guard let failure = CommandFailure(describing: error) else { return error }
        return CommandFailure(failure.status, "\(model.place): model '\(model.name)': \(failure.message)")
    }
}

extension HubSettings {
    /// What the environment says, and the settings over it.
    init(_ settings: ProgramSettings) {
        self = .ofProcess
        if let cache = settings.hubCache { cacheFolder = cache }
        if let endpoint = settings.hubEndpoint {
            self.endpoint = String(endpoint.reversed().drop { $0 == "/" }.reversed())
        }
        if let token = settings.hubToken { self.token = HubToken(token) }
        if settings.hubIsOffline { isOffline = true }
        if let artifacts = settings.hubArtifacts {
            self.artifacts =
                ["", "off"].contains(artifacts) ? nil : String(artifacts.reversed().drop { $0 == "/" }.reversed())
        }
    }
}
