import ModelHub

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension HubSettings {
    /// What the environment of this process says.
    static var ofProcess: HubSettings { HubSettings(environment: ProcessInfo.processInfo.environment) }
}
