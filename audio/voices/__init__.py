"""The voices: the only package that knows eSpeak NG and gTTS."""
