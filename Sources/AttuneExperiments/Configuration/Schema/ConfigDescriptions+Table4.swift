extension ConfigDescriptions {
  /// Part 4 of the doc comments.
  static let table4 = #"""
    TrainingArmConfiguration.labelSmoothing: Share of each target that moves to the uniform distribution; classification only.
    TrainingArmConfiguration.maxNorm: A limit on the norm of the incoming weights of each unit; nil sets none.
    TrainingArmConfiguration.mixup: Both shapes of the beta distribution from which mixup draws its proportions; nil mixes nothing.
    TrainingArmConfiguration.name: Name in tables.
    TrainingArmConfiguration.network: A network of the arm's own; nil for the experiment's.
    TrainingArmConfiguration.optimizer: The rule of the updates.
    TrainingArmConfiguration.schedule: How the learning rate changes; nil keeps the optimizer's.
    TrainingArmConfiguration.solver: A solver in place of the optimizer; linear networks only.
    TrainingArmConfiguration.validation: Rows that are not learned from, but looked at after each epoch; nil sets none aside.
    Translation.dx: Pixels to the right; negative is to the left.
    Translation.dy: Pixels down; negative is up.
    ValidationConfiguration.fraction: Share of the training rows, above 0 and below 1.
    WeightEnsembling.Configuration.momentum: Weight m of the adapted parameters, from 0 to 1.
    WrittenChoice.among: The alternatives: settings that take the place of the arm's.
    WrittenChoice.by: What decides; the alternative with the lowest score is taken, of equal ones the first.
    WrittenChoice.prefix: The share of the stream that `entropy` and `consistency` look at beforehand, above 0 and at most 1; 0.25 where nothing is said.
    """#
}
