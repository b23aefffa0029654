import ArgumentParser

/// One run by its name.
struct RunArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The name of a run, or its folder.", valueName: "run"), completion: .directory)
    var name: String

    @OptionGroup var runs: RunsOptions

    func validate() throws { try refuseEmpty(["<run>": name]) }

    /// The folder of the run.
    func folder() throws -> String { try runs.folder(of: name) }
}
