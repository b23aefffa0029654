import Inference
import ModelFiles
import Serving
import Settings
import Testing
import YAML

/// The table is one and whole.
@Suite struct SettingTableTests {
    @Test func namesFlagsAndVariablesAreUnique() {
        let all = SettingTable.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.flag)).count == all.count)
        #expect(Set(all.map(\.environment)).count == all.count)
        for definition in all {
            #expect(definition.name.wholeMatch(of: /[a-z]+\.[a-z_]+/) != nil, "\(definition.name)")
            #expect(definition.flag.wholeMatch(of: /--[a-z-]+/) != nil, "\(definition.flag)")
            #expect(definition.meaning.hasSuffix("."), "\(definition.name)")
        }
        #expect(SettingTable.named("limits.queue_timeout")?.environment == "NEEDLETAIL_LIMITS_QUEUE_TIMEOUT")
        #expect(SettingTable.named("limits.queue_timeout")?.flag == "--queue-timeout")
    }

    /// Every default is a value that the setting takes, and what is written is what is read.
    @Test func defaultsSurviveWritingAndReading() throws {
        for definition in SettingTable.all {
            let value = definition.defaultValue
            if value == .unset {
                #expect(definition.unsetMeaning != nil, "\(definition.name)")
                continue
            }
            let node = try YAMLNode(parsing: value.fileText)
            #expect(definition.type.value(of: node) == value, "\(definition.name): \(value.fileText)")
        }
    }

    /// A setting that reads one place and writes another would be told wrong.
    @Test func everySettingWritesWhatItReads() {
        for definition in SettingTable.all {
            let other: SettingValue =
                switch definition.type {
                case .text, .path: .text("other")
                case .integer(let range): .integer(range.lowerBound + 1)
                case .duration(let range): .duration(range.lowerBound + .milliseconds(3))
                case .bytes(let range): .bytes(range.lowerBound + 1)
                case .boolean: .boolean(definition.defaultValue == .boolean(false))
                case .choice(let words): .text(words.last { .text($0) != definition.defaultValue } ?? "")
                case .list: .list(["other"])
                }
            var settings = ProgramSettings()
            definition.put(other, into: &settings)
            #expect(definition.value(in: settings) == other, "\(definition.name)")
            for neighbour in SettingTable.all where neighbour.name != definition.name {
                #expect(
                    neighbour.value(in: settings) == neighbour.defaultValue, "\(definition.name), \(neighbour.name)")
            }
        }
    }
}
