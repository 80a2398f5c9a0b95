// `import Attune` gives all library modules.
@_exported public import AttuneCore
@_exported public import AttuneData
@_exported public import AttuneExperiments
@_exported public import AttuneInference
@_exported public import AttuneTraining
