namespace FaceVoice.Training.Evaluation;

/// <summary>A face and a voice to be compared.</summary>
/// <param name="IsMatch">Whether they belong to one person.</param>
/// <param name="Face">Id of the sample whose face it is.</param>
/// <param name="Voice">Id of the sample whose voice it is.</param>
/// <param name="Line">Its line in the list that it is from; 0 if it is from none.</param>
public readonly record struct Trial(bool IsMatch, string Face, string Voice, int Line = 0);
